/**
 * Auth.js' sign-in by a code that it sends, on PostgreSQL by its own adapter. It checks no CSRF token, as when its
 * Next.js integration signs somebody in. `prepare N` makes its tables and N users; without arguments it serves.
 */
import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Auth, type AuthConfig, skipCSRFCheck } from '@auth/core';
import PostgresAdapter from '@auth/pg-adapter';
import { Pool } from 'pg';
import { deliver } from '../delivery/deliver.ts';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });

const config = {
  adapter: PostgresAdapter(pool),
  basePath: '/auth',
  secret: 'a secret of the bench, which is as long as it has to be',
  trustHost: true,
  skipCSRFCheck,
  providers: [
    {
      id: 'code',
      type: 'email',
      name: 'Code',
      from: 'nobody@bench.example',
      maxAge: 600,
      generateVerificationToken: async () => String(randomInt(10_000)).padStart(4, '0'),
      sendVerificationRequest: async ({ identifier, token }) => deliver(identifier, token),
    },
  ],
  // A stack trace for each wrong code would only make it slower.
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

/** The tables as the documentation of the adapter has them, and an index for what it looks users up by. */
const tables = `
  CREATE TABLE verification_token (
    identifier TEXT NOT NULL,
    expires TIMESTAMPTZ NOT NULL,
    token TEXT NOT NULL,
    PRIMARY KEY (identifier, token)
  );
  CREATE TABLE sessions (
    id SERIAL PRIMARY KEY,
    "userId" INTEGER NOT NULL,
    expires TIMESTAMPTZ NOT NULL,
    "sessionToken" VARCHAR(255) NOT NULL
  );
  CREATE TABLE users (
    id SERIAL PRIMARY KEY,
    name VARCHAR(255),
    email VARCHAR(255),
    "emailVerified" TIMESTAMPTZ,
    image TEXT
  );
  CREATE UNIQUE INDEX ON users (email);
  CREATE UNIQUE INDEX ON sessions ("sessionToken");`;

async function prepare(count: number): Promise<void> {
  await pool.query(tables);
  await pool.query(
    `INSERT INTO users (name, email) SELECT 'Someone', i || '@bench.example'
     FROM generate_series(10000000, 10000000 + $1::int - 1) AS i`,
    [count],
  );
  await pool.query('VACUUM ANALYZE');
  await pool.end();
}

async function serve(): Promise<void> {
  await pool.query('SELECT 1');
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') response.end('{}');
    else void answer(request, response);
  });
  server.listen(Number(process.env['PORT']), '127.0.0.1');
  process.once('SIGTERM', () => process.exit(0));
}

const [, , command, count] = process.argv;
await (command === 'prepare' ? prepare(Number(count)) : serve());
