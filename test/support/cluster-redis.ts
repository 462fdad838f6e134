import type { RedisTopology } from '../../src/adapters/redis/connection/topology.ts';
import {
  anId,
  ask,
  askFor,
  freePorts,
  listed,
  type Member,
  serverSettings,
  startMember,
  stopAll,
  until,
  untilLinked,
} from './redis-members.ts';

const shards = 3;
const slots = 16_384;

const firstSlotOf = (shard: number) => Math.ceil((slots * shard) / shards);

type Node = { id: string; port: number; bus: number; shard: number; master: Node | null };

type Form = { replicas?: boolean; password?: string };

export type RedisCluster = Awaited<ReturnType<typeof startRedisCluster>>;

/** Three masters, each with a third of the slots, and each with a replica by default. */
export async function startRedisCluster({ replicas = true, password }: Form = {}) {
  const nodes = await plan(replicas);
  const members = await Promise.all(nodes.map((node) => startNode(node, nodes, password)));
  await Promise.all(members.map((one) => until(() => isWhole(one, members.length))));
  await Promise.all(members.slice(shards).map(untilLinked));

  /** Which port serves which slots, as most of those say that answer. */
  async function table(): Promise<(slot: number) => Member> {
    const asked = members.filter((one) => one.running()).map((one) => askFor(one, 'CLUSTER SLOTS'));
    const told = (await Promise.allSettled(asked)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value as [number, number, [string, number]][]] : [],
    );
    return (slot) => {
      const ports = told.map((rows) => rows.find(([, last]) => slot <= last)?.[2][1]);
      const most = (port?: number) => ports.filter((one) => one === port).length > ports.length / 2;
      const owner = members.find(({ address }) => most(address.port));
      if (!owner) throw new Error(`it is open who serves slot ${slot}`);
      return owner;
    };
  }
  const shardsNow = Array.from({ length: shards }, (_, shard) => firstSlotOf(shard));
  const mastersNow = async () => shardsNow.map(await table());
  let settled = await mastersNow();
  return {
    connection: {
      kind: 'cluster',
      nodes: members.map(({ address }) => address),
      ...(password && { password }),
    } satisfies RedisTopology,
    /** The same as settings. */
    env: { REDIS_CLUSTER: listed(members), ...(password && { REDIS_PASSWORD: password }) },
    members,
    /** The masters at first, and their replicas in the same order. */
    masters: members.slice(0, shards),
    replicas: members.slice(shards),
    /** Who is master now, in that order. */
    mastersNow,
    ownerOf: async (slot: number) => (await table())(slot),
    /** Waits until another serves what this master served when all was well, and answers which. */
    async successorOf(old: Member): Promise<Member> {
      const shard = settled.indexOf(old);
      await until(async () => (await mastersNow())[shard] !== old);
      return (await mastersNow())[shard] as Member;
    },
    /** Resumes and starts all that were paused or killed, and waits until all is well. */
    async heal(): Promise<void> {
      for (const member of members) member.resume();
      await Promise.all(members.map((one) => one.running() || one.start()));
      await until(async () => {
        const wholes = await Promise.all(members.map((one) => isWhole(one, members.length)));
        return wholes.every(Boolean);
      });
      settled = await mastersNow();
      await Promise.all(members.filter((one) => !settled.includes(one)).map(untilLinked));
    },
    stop: () => stopAll(members),
  };
}

async function plan(replicas: boolean): Promise<Node[]> {
  const ports = await freePorts(replicas ? 4 * shards : 2 * shards);
  const nodes: Node[] = [];
  for (let i = 0; 2 * i < ports.length; i += 1) {
    const [port = 0, bus = 0] = ports.slice(2 * i, 2 * i + 2);
    const shard = i % shards;
    nodes.push({
      id: anId(),
      port,
      bus,
      shard,
      master: i < shards ? null : (nodes[shard] ?? null),
    });
  }
  return nodes;
}

/** They know each other from the start: meeting takes seconds. */
function startNode(node: Node, all: readonly Node[], password?: string): Promise<Member> {
  const { port, bus } = node;
  const settings = `${serverSettings(password)}port ${port}
cluster-enabled yes
cluster-port ${bus}
cluster-node-timeout 1500
cluster-replica-validity-factor 0
cluster-require-full-coverage no
cluster-allow-replica-migration no
`;
  const known = all.map((one) => lineOf(one, one === node)).join('');
  const vars = `vars currentEpoch ${shards} lastVoteEpoch 0\n`;
  const files = { 'redis.conf': settings, 'nodes.conf': known + vars };
  return startMember({ port, files, password });
}

/** A node, as Redis writes down what it knows of a cluster. */
function lineOf({ id, port, bus, shard, master }: Node, itself: boolean): string {
  const flags = `${itself ? 'myself,' : ''}${master ? 'slave' : 'master'}`;
  const own = master ? '' : ` ${firstSlotOf(shard)}-${firstSlotOf(shard + 1) - 1}`;
  const epoch = shard + 1;
  return `${id} 127.0.0.1:${port}@${bus} ${flags} ${master?.id ?? '-'} 0 0 ${epoch} connected${own}\n`;
}

async function isWhole(member: Member, size: number): Promise<boolean> {
  const info = await ask(member, 'CLUSTER INFO');
  const facts = ['cluster_state:ok', `cluster_slots_ok:${slots}`, `cluster_known_nodes:${size}`];
  if (!facts.every((fact) => info.includes(fact))) return false;
  return !(await ask(member, 'CLUSTER NODES')).includes('fail');
}
