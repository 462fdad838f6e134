/**
 * better-auth's two-factor by a code, on Redis and PostgreSQL, set up in its favour: its limits of requests are
 * off, and its first factor is not part of what is measured. `prepare N` makes its tables and N users; without
 * arguments it serves.
 */
import { createServer } from 'node:http';
import { createAuthEndpoint } from '@better-auth/core/api';
import { betterAuth } from 'better-auth';
import { generateRandomString } from 'better-auth/crypto';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { twoFactor } from 'better-auth/plugins';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { deliver } from '../delivery/deliver.ts';

const redis = new Redis(process.env['REDIS_URL'] ?? '');
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const minutes10 = 600;

/**
 * What its own sign-in leaves behind for the second step, without the password and without the session that it
 * makes and deletes. The user is named by the body, as a backend names one here.
 */
const begin = createAuthEndpoint('/bench/begin', { method: 'POST' }, async (ctx) => {
  const { userId } = ctx.body as { userId: string };
  const { internalAdapter, secret } = ctx.context;
  const identifier = `2fa-${generateRandomString(20)}`;
  const expiresAt = new Date(Date.now() + minutes10 * 1_000);
  await internalAdapter.createVerificationValue({ value: userId, identifier, expiresAt });
  const attempts = { value: '0', identifier: `2fa-attempts-${identifier}`, expiresAt };
  await internalAdapter.createVerificationValue(attempts);
  const cookie = ctx.context.createAuthCookie('two_factor', { maxAge: minutes10 });
  await ctx.setSignedCookie(cookie.name, identifier, secret, cookie.attributes);
  return ctx.json({ twoFactorRedirect: true });
});

const options = {
  baseURL: `http://127.0.0.1:${process.env['PORT']}`,
  secret: 'a secret of the bench, which is as long as it has to be',
  database: pool,
  secondaryStorage: {
    get: (key: string) => redis.get(key),
    getAndDelete: (key: string) => redis.getdel(key),
    increment: async (key: string, ttl: number) => {
      const count = await redis.incr(key);
      if (count === 1) await redis.expire(key, ttl);
      return count;
    },
    set: (key: string, value: string, ttl?: number) =>
      ttl ? redis.set(key, value, 'EX', ttl) : redis.set(key, value),
    delete: async (key: string) => {
      await redis.del(key);
    },
  },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [
    twoFactor({
      totpOptions: { disable: true },
      otpOptions: {
        digits: 4,
        storeOTP: 'hashed',
        sendOTP: ({ user, otp }: { user: { id: string }; otp: string }) => deliver(user.id, otp),
      },
    }),
    { id: 'bench', endpoints: { begin } },
  ],
};

async function prepare(count: number): Promise<void> {
  const { runMigrations } = await getMigrations(options as never);
  await runMigrations();
  await pool.query(
    `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", "twoFactorEnabled")
     SELECT i::text, 'Someone', i || '@bench.example', true, now(), now(), true
     FROM generate_series(10000000, 10000000 + $1::int - 1) AS i`,
    [count],
  );
  await pool.query('VACUUM ANALYZE');
  await pool.end();
  redis.disconnect();
}

async function serve(): Promise<void> {
  const handle = toNodeHandler(betterAuth(options as never));
  await pool.query('SELECT 1');
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') response.end('{}');
    else void handle(request, response);
  });
  server.listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => process.exit(0));
}

const [, , command, count] = process.argv;
await (command === 'prepare' ? prepare(Number(count)) : serve());
