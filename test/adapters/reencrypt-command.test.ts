/** What an operator does to be rid of an old secret, on the command line. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectPostgres, type Database } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import type { Secret } from '../../src/domain/secrets/keys.ts';
import { root, run, slowWorkMs } from '../e2e/program.ts';
import { roomy } from '../support/limits.ts';
import { aDevice, anEntry, confirmation, knownMember } from '../support/people.ts';
import { freshDatabase } from '../support/servers.ts';

const secret = (kid: string): Secret => ({ kid, bytes: randomBytes(32) });
const [k1, k2] = [secret('k1'), secret('k2')];
const setting = (...ring: Secret[]) =>
  ring.map(({ kid, bytes }) => `${kid}:${bytes.toString('base64url')}`).join(',');

let url: string;
let database: Database;

beforeAll(async () => {
  url = await freshDatabase();
  database = connectPostgres(url, roomy);
});

afterAll(() => database.close());

async function reencrypt(SECRETS: string) {
  const env = { DATABASE_URL: url, SECRETS };
  const program = run('src/cli.ts', ['secrets', 'reencrypt'], { cwd: root, env });
  return { code: await program.exit, output: program.output, errors: program.errors };
}

test(
  'secrets reencrypt counts what it does, and says when the old secret may go',
  async () => {
    const directory = prismaDirectory(database, sealing([k1]), roomy);
    const user = await knownMember(directory);
    await directory.factors.confirm(user, confirmation({ device: aDevice() }), anEntry);
    expect(await reencrypt(setting(k2, k1))).toEqual({
      code: 0,
      errors: '',
      output: `factors: 1 of 1 rows sealed again
devices: 1 of 1 rows sealed again
webhook_endpoints: 0 of 0 rows sealed again
every row is under k2; k1 may leave SECRETS in two hours, when no login needs it any more
`,
    });
    expect(await reencrypt(setting(k2))).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^factors: 0 of 1 .*\nevery row is under k2\n$/s),
    });
  },
  slowWorkMs,
);

test(
  'without the secret that a row is under, it says so and leaves the row as it is',
  async () => {
    const { code, errors } = await reencrypt(setting(k1));
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^doublecheck: A value is sealed under a secret .* not among SECRETS\n$/,
    );
    const directory = prismaDirectory(database, sealing([k2]), roomy);
    const [organization] = await database.prisma.organization.findMany();
    const user = { organizationId: organization?.id ?? '', userId: '42' };
    expect((await directory.users.load(user)).factors).toHaveLength(1);
  },
  slowWorkMs,
);
