/** What is lost, and what is not, when Redis is lost and when PostgreSQL goes back to an earlier backup. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { binary } from '../support/binaries.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { createDatabase } from '../support/servers.ts';
import {
  atScreen,
  enrolled,
  randomSecret,
  type Service,
  startService,
  wrong,
} from '../support/service.ts';
import { slowWorkMs } from './program.ts';

jest.setTimeout(3 * slowWorkMs);

const secrets = [randomSecret('k1')] as const;
const open = new AsyncDisposableStack();
afterAll(() => open.disposeAsync());

async function start(databaseUrl?: string): Promise<Service> {
  const service = await startService({ secrets, ...(databaseUrl && { databaseUrl }) });
  open.defer(service.close);
  return service;
}

const redeem = (service: Service, token: string, bearer = service.keys.panel) =>
  service.call('POST', '/v1/results/redeem', { bearer, body: { token } });

const wrongGuesses = async (service: Service, userId: string, bearer: string) => {
  const { body } = await service.call('GET', `/v1/organizations/acme/events?userId=${userId}`, {
    bearer,
  });
  return body.items.filter(({ type }: { type: string }) => type === 'code.wrong').length;
};

test('without what Redis had, open logins end, used results stay used, and people sign in again', async () => {
  const service = await start();
  await service.organization({ policy: 'mandatory' });
  const user = await enrolled(service);
  const [done, waiting] = [await user.signIn(), await user.signIn()];
  const { result } = (await done.enter(user.heard())).body;
  const fresh = result ?? (await waiting.enter(user.heard())).body.result;
  expect((await redeem(service, fresh.token)).status).toBe(200);
  await service.redis.flushdb();
  expect((await waiting.look()).status).toBe(401);
  expect((await redeem(service, fresh.token)).body.type).toBe('/problems/result-already-redeemed');
  const again = await user.signIn();
  expect((await again.enter(user.heard())).body.status).toBe('approved');
});

describe('PostgreSQL goes back to a backup, and Redis is emptied', () => {
  let before: Service;
  let after: Service;
  let user: Awaited<ReturnType<typeof enrolled>>;
  let token: string;
  let guessedAtBackup: number;

  beforeAll(async () => {
    before = await start();
    await before.organization({ policy: 'mandatory' });
    user = await enrolled(before);
    await (await user.signIn()).enter(wrong(user.heard()));
    guessedAtBackup = await wrongGuesses(before, user.userId, before.keys.panel);
    const backup = dump(before.databaseUrl);
    const screen = await user.signIn();
    await screen.enter(wrong(user.heard()));
    token = (await screen.enter(user.heard())).body.result.token;
    after = await start(await restore(backup));
  });

  test('a result that was made since then is worth nothing', async () => {
    expect((await redeem(after, token, before.keys.panel)).body.type).toBe(
      '/problems/result-invalid',
    );
  });

  test('factors, keys and policies of the backup work with the same SECRETS', async () => {
    const login = { userId: user.userId };
    const screen = atScreen(after, await after.start(login, { bearer: before.keys.panel }));
    expect(screen.challenge.status).toBe('verify');
    const { body } = await screen.enter(after.twilio.codeFor(user.phone));
    expect(body.status).toBe('approved');
    expect((await redeem(after, body.result.token, before.keys.panel)).status).toBe(200);
  });

  test('guesses since the backup are forgotten, those before it are not', async () => {
    expect(guessedAtBackup).toBe(1);
    expect(await wrongGuesses(after, user.userId, before.keys.panel)).toBe(1);
  });
});

/** As docs/operations.md says it. */
function dump(databaseUrl: string): string {
  const folder = temporaryFolder();
  open.defer(async () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'backup');
  const args = ['--format=custom', `--file=${file}`, `--dbname=${databaseUrl}`];
  execFileSync(binary('pg_dump'), args, { stdio: 'pipe' });
  return file;
}

async function restore(file: string): Promise<string> {
  const server = process.env['TEST_DATABASE_URL'] ?? '';
  const url = await createDatabase(server, `restored_${randomUUID().slice(0, 8)}`);
  const args = ['--exit-on-error', '--no-owner', `--dbname=${url}`, file];
  execFileSync(binary('pg_restore'), args, { stdio: 'pipe' });
  return url;
}
