/**
 * Auth.js' sign-in by a code that it sends, set up in its favour: all it keeps is in Redis, each in one command,
 * and it checks no CSRF token. `prepare N` makes N users; without arguments it serves.
 */
import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Auth, type AuthConfig, skipCSRFCheck } from '@auth/core';
import type { Adapter, AdapterUser } from '@auth/core/adapters';
import { Redis } from 'ioredis';
import { deliver } from '../delivery/deliver.ts';

const redis = new Redis(process.env['REDIS_URL'] ?? '');
const userKey = (email: string) => `user:${email}`;
const minutes10 = 600;

async function readUser(email: string): Promise<AdapterUser | null> {
  const json = await redis.get(userKey(email));
  return json === null ? null : JSON.parse(json);
}

/** Users are stored by their address, which is their id as well. */
const adapter = {
  getUserByEmail: readUser,
  getUser: readUser,
  async updateUser(changes) {
    const user = { ...changes, email: changes.id } as AdapterUser;
    await redis.set(userKey(user.id), JSON.stringify(user));
    return user;
  },
  async createVerificationToken(token) {
    const key = `token:${token.identifier}:${token.token}`;
    await redis.set(key, JSON.stringify(token), 'EX', minutes10);
    return token;
  },
  async useVerificationToken({ identifier, token }) {
    const json = await redis.getdel(`token:${identifier}:${token}`);
    if (json === null) return null;
    const stored = JSON.parse(json);
    return { ...stored, expires: new Date(stored.expires) };
  },
  async createSession(session) {
    await redis.set(`session:${session.sessionToken}`, JSON.stringify(session), 'EX', minutes10);
    return session;
  },
  // Auth.js wants these to be there. Nothing here calls them.
  createUser: async (user) => user,
  getUserByAccount: async () => null,
  linkAccount: async () => undefined,
  getSessionAndUser: async () => null,
  updateSession: async () => null,
  deleteSession: async () => undefined,
} satisfies Adapter;

const config = {
  adapter,
  basePath: '/auth',
  secret: 'a secret of the bench, which is as long as it has to be',
  trustHost: true,
  session: { strategy: 'database' },
  skipCSRFCheck,
  providers: [
    {
      id: 'code',
      type: 'email',
      name: 'Code',
      from: 'nobody@bench.example',
      maxAge: minutes10,
      generateVerificationToken: async () => String(randomInt(10_000)).padStart(4, '0'),
      sendVerificationRequest: async ({ identifier, token }) => deliver(identifier, token),
    },
  ],
  // One line for each wrong code would only make it slower.
  logger: { error: () => {}, warn: () => {}, debug: () => {} },
} as AuthConfig;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', method = 'GET', headers } = request;
  const body = method === 'POST' ? await text(request) : null;
  const asked = new Request(`http://${headers.host}${url}`, {
    method,
    headers: headers as Record<string, string>,
    body,
  });
  const answered = await Auth(asked, config);
  response.writeHead(answered.status, [...answered.headers].flat());
  response.end(await answered.text());
}

async function prepare(count: number): Promise<void> {
  const emails = Array.from({ length: count }, (_, index) => `${10_000_000 + index}@bench.example`);
  const user = (email: string) => JSON.stringify({ id: email, email, emailVerified: null });
  await redis.mset(emails.flatMap((email) => [userKey(email), user(email)]));
  redis.disconnect();
}

async function serve(): Promise<void> {
  await redis.ping();
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') response.end('{}');
    else void answer(request, response);
  });
  server.listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => process.exit(0));
}

const [, , command, count] = process.argv;
await (command === 'prepare' ? prepare(Number(count)) : serve());
