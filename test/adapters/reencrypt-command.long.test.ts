/** What an operator does to be rid of an old secret, on the command line. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectPostgres, type Database } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { sealedToken } from '../../src/adapters/postgres/sealed/sealed-columns.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import type { Secret } from '../../src/domain/secrets/keys.ts';
import { eventually, root, run, slowWorkMs } from '../e2e/program.ts';
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

const start = (SECRETS: string, ...args: string[]) =>
  run('src/cli.ts', ['secrets', ...args], { cwd: root, env: { DATABASE_URL: url, SECRETS } });

async function secrets(SECRETS: string, ...args: string[]) {
  const program = start(SECRETS, ...args);
  return { code: await program.exit, output: program.output, errors: program.errors };
}

const reencrypt = (SECRETS: string) => secrets(SECRETS, 'reencrypt');

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

describe('with more rows than it does in a moment', () => {
  const rows = 20_000;
  // More would be several statements in a transaction, which PostgreSQL ends when a busy machine pauses in it.
  const rowsAtOnce = 2_000;

  async function manyDevices(): Promise<void> {
    const sealed = sealing([k1]);
    const user = await knownMember(prismaDirectory(database, sealed, roomy));
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const data = Array.from({ length: rowsAtOnce }, (_, n) => {
        const device = { id: `d-${from + n}`, pushToken: `token-${from + n}` };
        return { ...user, id: device.id, platform: 'ios', ...sealedToken(sealed, user, device) };
      });
      await database.prisma.device.createMany({ data });
    }
  }

  test(
    'it tells how far it is; killed, it goes on where it was; then the old secret is not needed',
    async () => {
      await database.prisma.user.deleteMany();
      await manyDevices();
      const killed = start(setting(k2, k1), 'reencrypt');
      await eventually(slowWorkMs, async () => /10000 rows/.test(killed.errors));
      await killed.stop('SIGKILL');
      const { output } = await secrets(setting(k2, k1), 'reencrypt', '--json');
      const { tables, late } = JSON.parse(output);
      const [, devices] = tables;
      expect(devices).toMatchObject({ table: 'devices', rows, skipped: 0 });
      expect(devices.renewed).toBeLessThanOrEqual(rows - 10_000);
      expect(late).toBe(0);
      const status = await secrets(setting(k2, k1), 'status', '--json');
      expect(JSON.parse(status.output).secrets).toEqual([
        { kid: 'k2', inSecrets: true, first: true, rows: { devices: rows } },
        { kid: 'k1', inSecrets: true, first: false, rows: {} },
      ]);
      expect((await secrets(setting(k1), 'status')).errors).toMatch(/SECRETS lacks k2, under/);
    },
    2 * slowWorkMs,
  );
});
