/**
 * A Redis user without a right that the service needs, a command that is renamed, a server that may not
 * write: 503, not ready, one line that names what is missing, and nothing half done.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import { root } from '../e2e/program.ts';
import { aChallenge, createIn } from '../support/challenges.ts';
import { ask, until } from '../support/redis-members.ts';
import {
  eventually,
  expectAllUnavailable,
  lineLog,
  probe,
  refusalOf,
} from '../support/redis-probe.ts';
import { type Server, startRedis } from '../support/servers.ts';

const opened = new AsyncDisposableStack();
afterAll(() => opened.disposeAsync());

/** A Redis of a test's own, and connections to it: tests that wait run at once. */
async function startOwn(args: string[] = []) {
  const server = await startRedis(args);
  // Asked to stop, one that cannot save goes on.
  opened.defer(server.kill);
  const connect = async (url = server.url) => {
    const { log, lines } = lineLog();
    const one = probe(await connectRedis({ kind: 'url', url }, log));
    opened.defer(() => closeRedis(one.client));
    return { ...one, lines };
  };
  return {
    server,
    connect,
    ask: (command: string) => ask(server, command),
    setUser: (rules: string) => ask(server, `ACL SETUSER service on >p ~dc:* &dc:* +@all ${rules}`),
    asUser: () => connect(server.url.replace('redis://', 'redis://service:p@')),
  };
}

/** All that is kept, with the values. */
async function dump(server: Server): Promise<string> {
  const keys = (await ask(server, 'KEYS *')).split(',').filter(Boolean).sort();
  const values = await Promise.all(keys.map((key) => ask(server, `DUMP ${key}`)));
  return JSON.stringify([keys, values]);
}

/** What the documentation says the user needs, on its one line. */
function documentedRights(): string {
  const text = readFileSync(join(root, 'docs/settings.md'), 'utf8');
  return /ACL SETUSER doublecheck on >password (.*)/.exec(text)?.[1] ?? '';
}

test('a user with the rights of the documentation, and no more, can do everything', async () => {
  const own = await startOwn();
  await own.ask(`ACL SETUSER service on >p -@all ${documentedRights()}`);
  const here = await own.asUser();
  await here.works();
  await here.store.ping();
  const challenge = await here.withCode();
  let changes = 0;
  await here.store.watch(challenge, () => {
    changes += 1;
  });
  await here.look(challenge, 'wrong');
  await until(async () => changes > 0);
  for (const operate of here.all(challenge)) await operate();
  expect(here.lines).toEqual([]);
});

describe('a right that is missing', () => {
  test.each<[rules: string, names: string]>([
    ['-publish', '+publish &dc:*'],
    ['resetchannels', '+publish &dc:*'],
    ['-subscribe', '+subscribe &dc:*'],
    ['resetkeys ~other:*', '~dc:*|keys'],
    ['-hset', '+hset ~dc:*'],
    ['-pexpireat', '+pexpireat ~dc:*'],
    ['-zrem', '+zrem ~dc:*'],
    ['-time', '+time ~dc:*'],
    ['-eval', "'eval'"],
  ])('%s: not ready, and the log names it once', async (rules, names) => {
    const own = await startOwn();
    await own.setUser(rules);
    const here = await own.asUser();
    await expectAllUnavailable([here.store.ping]);
    await until(async () => here.lines.length > 0);
    await expectAllUnavailable([here.store.ping]);
    expect(here.lines).toEqual([expect.stringMatching(/refuses what the service needs: NOPERM/)]);
    expect(names.split('|').some((name) => here.lines[0]?.includes(name))).toBe(true);
  });

  test.concurrent.each(['-publish', 'resetchannels', '-pexpireat'])(
    '%s while connected: nothing is changed, and all goes on once it is there again',
    async (rules) => {
      const own = await startOwn();
      await own.setUser('');
      const here = await own.asUser();
      const challenge = await here.withCode();
      await own.setUser(rules);
      const before = await dump(own.server);
      await expectAllUnavailable([() => here.store.change(challenge, { codeIds: ['c'] })]);
      expect(await dump(own.server)).toBe(before);
      await until(async () => here.lines.length === 1);
      await own.setUser('');
      await eventually(here.works);
      await until(async () => here.lines.length === 2);
      expect(here.lines[1]).toMatch(/works again/);
    },
  );
});

test('every command of a script is written so that its right is checked beforehand', () => {
  const folder = join(root, 'src/adapters/redis/scripts');
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    const calls = text.match(/redis\.p?call\b/g) ?? [];
    expect(text.match(/redis\.p?call\('[A-Z]+'/g) ?? []).toHaveLength(calls.length);
  }
});

test('a right that is not checked beforehand is needed before anything is changed', () => {
  const folder = join(root, 'src/adapters/redis/scripts');
  const files = readdirSync(folder).filter((file) => !/^(common|rights|probe)/.test(file));
  for (const file of files) {
    const [before = '', ...after] = readFileSync(join(folder, file), 'utf8').split(
      /redis\.call\('(?:H?SET|H?DEL|HINCRBY|ZADD|ZREM\w*|P?EXPIRE\w*|PUBLISH)'|\b(?:write|take|changed|forget_looks)\(/,
    );
    expect([file, before.length > 0]).toEqual([file, true]);
    expect([file, after.join('')]).toEqual([
      file,
      expect.not.stringMatching(/'(TIME|HMGET|HEXISTS)'|\bnow\(/),
    ]);
  }
});

test('a command that is renamed is named, and nothing is changed', async () => {
  const own = await startOwn(['--rename-command', 'PUBLISH', 'ANNOUNCE']);
  const here = await own.connect();
  const { challenge } = await createIn(here.store, aChallenge(), 600_000);
  const refusal = await refusalOf(here.store.change(challenge, { codeIds: ['c'] }));
  expect(refusal).toMatchObject({ kind: { name: 'unavailable' } });
  await expectAllUnavailable([here.store.ping]);
  await until(async () => here.lines.length > 0);
  expect(here.lines[0]).toContain('no command PUBLISH');
  expect((await here.store.read(challenge))?.challenge).toEqual(challenge);
});

describe('a server that cannot write is not ready, and the log says why', () => {
  test.concurrent.each<[reason: string, make: string, mend: string]>([
    ['NOREPLICAS', 'CONFIG SET min-replicas-to-write 1', 'CONFIG SET min-replicas-to-write 0'],
    ['OOM', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'],
    ['READONLY', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'],
  ])('%s', async (reason, make, mend) => {
    const own = await startOwn();
    const here = await own.connect();
    await here.works();
    await own.ask(make);
    const { extra } = await refusalOf(here.store.ping());
    expect(extra.detail).toMatch(new RegExp(`^${reason} `));
    await until(async () => here.lines.some((line) => line.includes(reason)));
    await own.ask(mend);
    await eventually(here.store.ping);
    await until(async () => here.lines.some((line) => line.includes('works again')));
    expect(here.lines.filter((line) => line.includes(reason))).toHaveLength(1);
  });

  test.concurrent('MISCONF: it could not save', async () => {
    const own = await startOwn();
    const here = await own.connect();
    await here.client.call('CONFIG', 'SET', 'save', '1 1');
    rmSync(own.server.folder, { recursive: true });
    await own.ask('BGSAVE');
    await until(async () => (await own.ask('INFO persistence')).includes('bgsave_status:err'));
    await expectAllUnavailable([here.store.ping]);
    await until(async () => here.lines.some((line) => line.includes('MISCONF')));
  });
});
