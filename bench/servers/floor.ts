/**
 * The floor: a login in two steps with nothing that this project promises, on the same framework and stores.
 * Nothing is durable, nobody is counted or refused, no key is checked, no phone number is sealed. A code is
 * random, is compared at most 5 times and used once, because without that it is no second step at all.
 *
 * The bare floor does only that. The dressed one (`dressed`) adds what every service of this kind has:
 * Prisma, checked requests and answers, a log, security headers, and a limit of requests.
 * Whatever makes a floor cheaper without breaking the login belongs here.
 */
import { generateKeyPairSync, randomInt, randomUUID, sign } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import { PrismaPg } from '@prisma/adapter-pg';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { PrismaClient } from '../../src/adapters/postgres/generated/client.ts';
import { deliver } from '../delivery/deliver.ts';

const dressed = process.argv.includes('dressed');

// Both floors have one pool of as many connections as the service.
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });

type User = { organizationId: string; userId: string };

/** Bare: one statement, planned once. The answer is only whether there is such a factor. */
async function findByPool({ organizationId, userId }: User): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'find',
    text: 'SELECT id FROM factors WHERE organization_id = $1 AND user_id = $2 AND is_primary',
    values: [organizationId, userId],
  });
  return rowCount === 1;
}

// The client is made only when it is used: it is half of the memory of the dressed floor.
const prisma = dressed ? new PrismaClient({ adapter: new PrismaPg(pool) }) : null;

/** Dressed: the same by Prisma, as one of its own statements. */
async function findByPrisma(user: User): Promise<boolean> {
  const where = { organizationId_userId_isPrimary: { ...user, isPrimary: true } };
  return (await prisma?.factor.findUnique({ where, select: { id: true } })) !== null;
}

const find = dressed ? findByPrisma : findByPool;

const redis = new Redis(process.env['REDIS_URL'] ?? '', {
  scripts: {
    // One trip to keep a code, since HSET and PEXPIRE would be two commands.
    keepCode: {
      numberOfKeys: 1,
      lua: `redis.call('HSET', KEYS[1], 'code', ARGV[1], 'user', ARGV[2])
            redis.call('PEXPIRE', KEYS[1], 600000)`,
    },
    // Counts before it compares, and consumes: else two requests at once both win.
    takeCode: {
      numberOfKeys: 2,
      lua: `local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
            local kept = redis.call('HMGET', KEYS[1], 'code', 'user')
            if tries > 5 or kept[1] ~= ARGV[1] then return nil end
            redis.call('DEL', KEYS[1])
            redis.call('SET', KEYS[2], kept[2], 'PX', 60000)
            return kept[2]`,
    },
  },
}) as Redis & {
  keepCode(key: string, code: string, user: string): Promise<void>;
  takeCode(key: string, result: string, code: string): Promise<string | null>;
};

// One key for the life of the process, and one-shot signing: the cheapest EdDSA that Node has.
const { privateKey } = generateKeyPairSync('ed25519');
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = encoded({ alg: 'EdDSA', typ: 'JWT' });

function signed(claims: object): string {
  const text = `${header}.${encoded(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

const app: FastifyInstance = fastify({ logger: dressed });

if (dressed) {
  // In this process: a limit in Redis would be one more trip for each request. High enough to refuse nobody.
  await app.register(rateLimit, { max: 1_000_000, timeWindow: 1_000 });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });
}

type LoginBody = User & { code: string; token: string };

/** What the dressed floor checks and describes. */
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength }) as const;

function object<P extends Record<string, object>>(properties: P) {
  const required = Object.keys(properties);
  return { type: 'object', additionalProperties: false, required, properties } as const;
}

const callingApp = { type: 'object', properties: { name: text(64) } };
const problem = object({});
const tokenText = text(2_048);

const startSchema = {
  body: object({ organizationId: text(64), userId: text(64), app: callingApp }),
  response: { 201: object({ challengeToken: tokenText }), 404: problem },
};

const verifySchema = {
  body: object({ code: { type: 'string', pattern: '^[0-9]{4}$' } }),
  response: {
    200: object({ result: { anyOf: [object({ token: tokenText }), { type: 'null' }] } }),
  },
};

const redeemSchema = {
  body: object({ token: tokenText }),
  response: { 200: object({ sub: text(64) }), 409: problem },
};

const withSchema = <S extends object>(schema: S) => (dressed ? { schema } : {});
const bodyOf = (request: FastifyRequest) => request.body as LoginBody;
const bearer = (request: FastifyRequest) => request.headers.authorization?.slice(7) ?? '';
const codeKey = (id: string) => `floor:code:${id}`;
const resultKey = (id: string) => `floor:result:${id}`;

app.post('/v1/challenges', withSchema(startSchema), async (request, reply) => {
  const { organizationId, userId } = bodyOf(request);
  if (!(await find({ organizationId, userId }))) return reply.code(404).send({});
  const id = randomUUID();
  const code = String(randomInt(10_000)).padStart(4, '0');
  await redis.keepCode(codeKey(id), code, userId);
  deliver(userId, code);
  // The id is random, so it is its own credential: no token is signed.
  return reply.code(201).send({ challengeToken: id });
});

app.post('/v1/challenge/verify', withSchema(verifySchema), async (request) => {
  const jti = randomUUID();
  const sub = await redis.takeCode(codeKey(bearer(request)), resultKey(jti), bodyOf(request).code);
  if (sub === null) return { result: null };
  const exp = Math.floor(Date.now() / 1_000) + 60;
  return { result: { token: signed({ sub, jti, exp }) } };
});

app.post('/v1/results/redeem', withSchema(redeemSchema), async (request, reply) => {
  // Who knows the random id in the token has the token, so its signature need not be checked again.
  const [, payload = ''] = bodyOf(request).token.split('.');
  const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const sub = await redis.getdel(resultKey(jti));
  return sub === null ? reply.code(409).send({}) : { sub };
});

app.get('/health/ready', async () => {
  await Promise.all([prisma ? prisma.$queryRaw`SELECT 1` : pool.query('SELECT 1'), redis.ping()]);
  return {};
});

await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
process.once('SIGTERM', () => process.exit(0));
