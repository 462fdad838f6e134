/** Redis as a cluster: one shard killed, frozen, full or moved does not take the others with it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import type { RedisTopology } from '../../src/adapters/redis/connection/topology.ts';
import { challengeKey } from '../../src/adapters/redis/keys.ts';
import type { ChallengeRef } from '../../src/domain/challenge/challenge.ts';
import { aChallenge } from '../support/challenges.ts';
import {
  eventually,
  expectAllUnavailable,
  lineLog,
  type Probe,
  probe,
  untilUnavailable,
} from '../support/redis-probe.ts';
import {
  ask,
  type Member,
  type RedisCluster,
  startRedisCluster,
  until,
  untilReplicated,
} from '../support/redis-topologies.ts';

let redis: RedisCluster;
let here: Probe;
let lines: string[];
let opened: Probe[] = [];

beforeAll(async () => {
  redis = await startRedisCluster();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  here = await connect();
});
afterEach(async () => {
  for (const { client } of opened) closeRedis(client);
  opened = [];
  await redis.heal();
});

type Terms = Parameters<typeof connectRedis>[2];

async function connect(
  terms: Terms = {},
  topology: RedisTopology = redis.connection,
): Promise<Probe> {
  const said = lineLog();
  lines = said.lines;
  const one = probe(await connectRedis(topology, said.log, terms));
  opened.push(one);
  return one;
}

/** Who serves a user now, and users whom others serve. */
async function shardOf(ref: ChallengeRef) {
  const slot = Number(
    await ask(redis.members[0] as Member, `CLUSTER KEYSLOT ${challengeKey(ref)}`),
  );
  const owner = await redis.ownerOf(slot);
  return { slot, owner };
}

/** A user each, whom different masters serve. */
async function oneOfEach(): Promise<string[]> {
  const users = new Map<Member, string>();
  for (let i = 0; users.size < 3; i += 1) {
    const userId = `user ${i}`;
    users.set((await shardOf(aChallenge({ userId }))).owner, userId);
  }
  return [...users.values()];
}

/** What one shard cannot do, the others do. */
async function expectOneShardAway(lost: ChallengeRef, others: string[]): Promise<void> {
  await Promise.all([
    expectAllUnavailable([...here.ofUser(lost), () => here.store.read(lost)]),
    ...others.map((userId) => here.works({ userId })),
    here.store.ping(),
  ]);
}

test('users are spread over all masters, and all of a user is with one', async () => {
  for (let i = 0; i < 30; i += 1) await here.works({ userId: `spread ${i}` });
  const masters = await redis.mastersNow();
  const sizes = await Promise.all(masters.map(async (one) => Number(await ask(one, 'DBSIZE'))));
  for (const size of sizes) expect(size).toBeGreaterThan(6);
});

describe('a shard that is lost', () => {
  test.each<[what: string, lose: (member: Member) => unknown]>([
    ['killed', (member) => member.kill()],
    ['frozen', (member) => member.pause()],
  ])('%s: unavailable to its users alone, until its replica has taken over', async (_, lose) => {
    const [userId = '', ...others] = await oneOfEach();
    const challenge = await here.withCode({ userId });
    expect((await here.look(challenge, 'wrong'))?.outcome).toBe('wrong');
    const { owner } = await shardOf(challenge);
    await untilReplicated(owner);
    await lose(owner);
    await expectOneShardAway(challenge, others);
    await untilUnavailable(() => here.look(challenge, 'wrong'));
    await redis.successorOf(owner);
    // The connection to it is opened anew once more, when its new role is noticed.
    await until(async () => lines.includes('Redis is back {}'));
    expect(await here.counted(challenge)).toBe(1);
    expect((await here.look(challenge, 'wrong'))?.outcome).toBe('wrong');
    expect(await here.counted(challenge)).toBe(2);
    await here.works({ userId });
    expect(lines).toEqual([expect.stringMatching(/^Redis is away /), 'Redis is back {}']);
  });

  test('is found again also without requests', async () => {
    const [owner] = (await redis.mastersNow()) as [Member];
    await owner.kill();
    await redis.successorOf(owner);
    await until(async () => lines.includes('Redis is back {}'));
    expect(lines).toHaveLength(2);
  });

  test('full: unavailable to its users alone, for writing, and nothing was half done', async () => {
    const [userId = '', ...others] = await oneOfEach();
    const challenge = await here.withCode({ userId });
    const { owner } = await shardOf(challenge);
    await ask(owner, 'CONFIG SET maxmemory 1');
    await expectAllUnavailable(here.ofUser(challenge));
    for (const other of others) await here.works({ userId: other });
    expect(await here.counted(challenge)).toBe(0);
    await ask(owner, 'CONFIG SET maxmemory 0');
    await here.works({ userId });
  });

  test('without anybody who serves its slot: unavailable, until somebody does', async () => {
    const challenge = await here.withCode();
    const { slot, owner } = await shardOf(challenge);
    await ask(owner, `CLUSTER DELSLOTS ${slot}`);
    await expectAllUnavailable(here.ofUser(challenge));
    await ask(owner, `CLUSTER ADDSLOTS ${slot}`);
    await eventually(here.works);
    expect(await here.counted(challenge)).toBe(0);
  });
});

describe('a caller who waits for a change hears of it', () => {
  const listening = async (member: Member) =>
    (await ask(member, 'CLIENT LIST TYPE pubsub')).includes('id=');
  const listener = async () => {
    for (const one of redis.members) if (await listening(one)) return one;
    return null;
  };

  test('also when the server that the replica listens to falls silent', async () => {
    let changes = 0;
    const count = () => {
      changes += 1;
    };
    const users = await oneOfEach();
    const challenges = await Promise.all(users.map((userId) => here.withCode({ userId })));
    const stops = await Promise.all(challenges.map((one) => here.store.watch(one, count)));
    await until(async () => (await listener()) !== null);
    const silent = (await listener()) as Member;
    const masters = await redis.mastersNow();
    await Promise.all(masters.map(untilReplicated));
    silent.pause();
    if (masters.includes(silent)) await redis.successorOf(silent);
    await until(async () => changes >= challenges.length);
    for (const challenge of challenges) {
      const before = changes;
      await until(async () => {
        await here.look(challenge, 'wrong').catch(() => {});
        return changes > before;
      });
    }
    for (const stop of stops) stop();
  });
});

test('a command whose connection is lost is not sent again', async () => {
  const challenge = await here.withCode();
  const { owner } = await shardOf(challenge);
  await ask(owner, 'CLIENT PAUSE 10000 WRITE');
  const guess = expectAllUnavailable([() => here.look(challenge, 'wrong')]);
  await until(async () => (await ask(owner, 'INFO clients')).includes('blocked_clients:1'));
  await ask(owner, 'CLIENT KILL TYPE normal SKIPME yes');
  await guess;
  await ask(owner, 'CLIENT UNPAUSE');
  await eventually(here.works);
  expect(await here.counted(challenge)).toBe(0);
});

test('a user whose slot is moved to another master notices nothing', async () => {
  const challenge = await here.withCode();
  const { slot, owner } = await shardOf(challenge);
  const target = (await redis.mastersNow()).find((one) => one !== owner) as Member;
  const [from, to] = await Promise.all([owner, target].map((one) => ask(one, 'CLUSTER MYID')));
  const keys = (await ask(owner, `CLUSTER GETKEYSINSLOT ${slot} 100`)).replaceAll(',', ' ');
  const counts = async (total: number) => {
    expect((await here.look(challenge, 'wrong'))?.outcome).toBe('wrong');
    expect(await here.counted(challenge)).toBe(total);
  };
  await ask(target, `CLUSTER SETSLOT ${slot} IMPORTING ${from}`);
  await ask(owner, `CLUSTER SETSLOT ${slot} MIGRATING ${to}`);
  await counts(1);
  const { host, port } = target.address;
  await ask(owner, `MIGRATE ${host} ${port}  0 1000 KEYS ${keys}`);
  await counts(2);
  await ask(target, `CLUSTER SETSLOT ${slot} NODE ${to}`);
  await ask(owner, `CLUSTER SETSLOT ${slot} NODE ${to}`);
  await counts(3);
  await here.works();
});

test('masters that forgot their scripts are taught them again', async () => {
  const users = await oneOfEach();
  await Promise.all(users.map((userId) => here.works({ userId })));
  await Promise.all((await redis.mastersNow()).map((master) => ask(master, 'SCRIPT FLUSH')));
  await Promise.all(users.map((userId) => here.works({ userId })));
});

describe('a start', () => {
  test('needs one server that answers, of all configured ones', async () => {
    const [frozen, ...rest] = redis.connection.nodes;
    const gone = { host: 'gone.invalid', port: 6379 };
    const refusing = { host: '127.0.0.1', port: 1 };
    redis.members[0]?.pause();
    const nodes = [gone, refusing, frozen as (typeof rest)[0], rest[1] as (typeof rest)[0]];
    const late = await connect({}, { kind: 'cluster', nodes });
    redis.members[0]?.resume();
    await eventually(late.works);
  });

  test('without any of them goes on, and finds them when they are there', async () => {
    for (const member of redis.members) member.pause();
    const late = await connect({ firstConnectionMs: 100 });
    await expectAllUnavailable(late.all(aChallenge()));
    for (const member of redis.members) member.resume();
    await eventually(late.works);
  });
});

test('all of it frozen is unavailable, and comes back by itself', async () => {
  await here.works();
  for (const member of redis.members) member.pause();
  await expectAllUnavailable(here.all(aChallenge()));
  await expectAllUnavailable(here.all(aChallenge()));
  await until(async () => lines.length > 0);
  for (const member of redis.members) member.resume();
  for (const userId of await oneOfEach()) await eventually(() => here.works({ userId }));
});

describe('where eviction is refused', () => {
  const set = (member: Member, policy: string) =>
    ask(member, `CONFIG SET maxmemory-policy ${policy}`);
  afterEach(() => Promise.all(redis.members.map((one) => set(one, 'noeviction'))));

  test('one master that evicts stops the start with one line that says which and why', async () => {
    const { owner } = await shardOf(aChallenge());
    await set(owner, 'volatile-ttl');
    await expect(connect({ refuseEviction: true })).rejects.toThrow(
      `Redis at 127.0.0.1:${owner.address.port} is not used: its maxmemory-policy is volatile-ttl, not noeviction`,
    );
  });

  test('a master that is made to evict while in use is left within seconds, the others are not', async () => {
    const [userId = '', ...others] = await oneOfEach();
    const careful = await connect({ refuseEviction: true });
    const said = lines;
    const { owner } = await shardOf(aChallenge({ userId }));
    await set(owner, 'allkeys-lfu');
    await until(async () => said.some((line) => line.includes('allkeys-lfu')), 5_000);
    await untilUnavailable(() => careful.works({ userId }));
    for (const other of others) await eventually(() => careful.works({ userId: other }));
    await set(owner, 'noeviction');
    await eventually(() => careful.works({ userId }));
  });

  test('a replica that evicts is named in the log', async () => {
    const masters = await redis.mastersNow();
    const replica = redis.members.find((one) => !masters.includes(one)) as Member;
    await set(replica, 'allkeys-lru');
    const careful = await connect({ refuseEviction: true });
    const said = lines;
    await until(async () =>
      said.some((line) => line.includes(`:${replica.address.port} is not used`)),
    );
    await careful.works();
  });
});

test('a stop leaves no connection, also while nothing answers', async () => {
  const clients = async () => {
    const lists = await Promise.all(
      redis.members.map((one) => ask(one, 'CLIENT LIST TYPE normal')),
    );
    return lists.join('').match(/^id=/gm)?.length ?? 0;
  };
  closeRedis(here.client);
  await until(async () => (await clients()) === redis.members.length);
  const ending = await connect();
  await ending.works();
  for (const member of redis.members) member.pause();
  await untilUnavailable(ending.store.ping);
  const ended = new Promise((resolve) => ending.client.once('end', resolve));
  closeRedis(ending.client);
  await ended;
  for (const member of redis.members) member.resume();
  await until(async () => (await clients()) === redis.members.length);
});
