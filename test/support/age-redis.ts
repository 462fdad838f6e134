import type { Redis } from 'ioredis';
import { Client } from 'pg';
import { challengeFields } from '../../src/adapters/redis/challenge-hash.ts';
import type { Sealing } from '../../src/adapters/sealing.ts';
import type { Code, Proof } from '../../src/domain/challenge/challenge.ts';
import { testSealing } from './sealing.ts';

/** Lets time pass for everything that lives for minutes, in both stores. */
export async function age(
  { redis, databaseUrl, sealing }: { redis: Redis; databaseUrl: string; sealing: Sealing },
  ms: number,
): Promise<void> {
  await Promise.all([ageRedis(redis, ms, sealing), ageOutcomes(databaseUrl, ms)]);
}

/** Makes what PostgreSQL knows of ended challenges and known devices older. */
async function ageOutcomes(databaseUrl: string, ms: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const earlier = (column: string) => `${column} = ${column} - $1 * interval '1 millisecond'`;
  await client.query(
    `UPDATE challenge_outcomes SET ${earlier('at')}, ${earlier('result_expires_at')}`,
    [ms],
  );
  const devices = ['created_at', 'proved_at', 'last_seen_at'].map(earlier);
  await client.query(`UPDATE known_devices SET ${devices.join(', ')}`, [ms]);
  await client.query(`UPDATE known_device_tokens SET ${earlier('dies_at')}`, [ms]);
  await client.end();
}

/**
 * Makes all that one Redis database holds `ms` older: times inside challenges, in the indexes of
 * them and in quotas move back, every time to live gets shorter, and what is over its time goes.
 */
export async function ageRedis(redis: Redis, ms: number, sealing = testSealing): Promise<void> {
  const keys = await redis.keys('*');
  await Promise.all(keys.map((key) => ageKey({ redis, sealing }, key, ms)));
}

type Sealed = { redis: Redis; sealing: Sealing };

async function ageKey({ redis, sealing }: Sealed, key: string, ms: number): Promise<void> {
  const left = await redis.pttl(key);
  if (left < 0) return;
  if (left <= ms) {
    await redis.del(key);
    return;
  }
  const older = await olderFields({ redis, sealing }, key, ms);
  const together = redis.multi().pexpire(key, left - ms);
  if (Object.keys(older).length > 0) together.hset(key, older);
  const turnTimes = key === 'dc:{turns}:ends' || key === 'dc:{turns}:granted';
  const budget = /^dc:\{(q:|\d+\}:)/.test(key);
  const timed = turnTimes || key.endsWith(':started') || budget;
  const members = timed ? await redis.zrange(key, '0', '-1') : [];
  for (const member of members) together.zincrby(key, -ms, member);
  await together.exec();
}

async function olderFields(
  { redis, sealing }: Sealed,
  key: string,
  ms: number,
): Promise<Record<string, string>> {
  if (key === 'dc:{turns}:state')
    return { next: String(Number(await redis.hget(key, 'next')) - ms) };
  if (key.includes(':challenge:')) return olderTimes({ redis, sealing }, key, ms);
  const answeredAt = key.startsWith('dc:{r:') ? await redis.hget(key, 'at') : null;
  return answeredAt ? { at: String(Number(answeredAt) - ms) } : {};
}

async function olderTimes(
  { redis, sealing }: Sealed,
  key: string,
  ms: number,
): Promise<Record<string, string>> {
  const fields = await redis.hgetall(key);
  const { createdAt, expiresAt, code, proof, approval } = fields;
  const older: Record<string, unknown> = {
    createdAt: Number(createdAt) - ms,
    expiresAt: Number(expiresAt) - ms,
  };
  if (code) older['code'] = olderCode(JSON.parse(code), ms);
  if (proof) older['proof'] = olderProof(JSON.parse(proof), ms);
  const texts = Object.entries(older).map(([field, value]) => [field, JSON.stringify(value)]);
  const sealed = approval ? { approval: olderApproval(sealing, fields, ms) } : {};
  return { ...Object.fromEntries(texts), ...sealed };
}

function olderProof(proof: Proof, ms: number): Proof {
  return { ...proof, at: proof.at - ms };
}

function olderCode(code: Code, ms: number): Code {
  const { sentAt, expiresAt, resendAt } = code;
  return { ...code, sentAt: sentAt - ms, expiresAt: expiresAt - ms, resendAt: resendAt - ms };
}

/** It is sealed, and bound to its challenge. */
function olderApproval(sealing: Sealing, fields: Record<string, string>, ms: number): string {
  const { toPairs, fromPairs } = challengeFields(sealing);
  const text = (field: string) => JSON.parse(fields[field] ?? 'null');
  const ref = { organizationId: text('organizationId'), userId: text('userId'), id: text('id') };
  const { approval } = fromPairs(ref, Object.entries(fields).flat());
  if (!approval) throw new Error('an approval that cannot be read');
  const { at, resultExpiresAt } = approval;
  const older = { ...approval, at: at - ms, resultExpiresAt: resultExpiresAt - ms };
  return String(toPairs(ref, { approval: older })[1]);
}
