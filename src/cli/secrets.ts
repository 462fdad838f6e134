import { randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { reencrypt } from '../adapters/postgres/sealed/reencrypt.ts';
import { forgetOtherKeys } from '../adapters/postgres/sealed/sealing-keys.ts';
import { sealing } from '../adapters/sealing.ts';
import type { SecretRing } from '../domain/secrets/keys.ts';
import { type Cli, type Report, type Surroundings, withExamples } from './command.ts';
import { readSecrets, withStores } from './stores.ts';

export function addSecrets(program: Command, { around, reports }: Cli): void {
  const secrets = program
    .command('secrets')
    .description('the secrets that tokens are signed and rows are sealed with');
  withExamples(
    secrets
      .command('new')
      .description('print a new secret for SECRETS')
      .option('--kid <NAME>', 'its name; without it, the day of today', readKid)
      .action(reports(({ kid = newKid() }: { kid?: string }) => newSecret(kid))),
    'secrets new',
    'secrets new --kid k2',
  );
  secrets
    .command('reencrypt')
    .description(
      'seal every row again under the first secret of SECRETS, so that the others may go',
    )
    .action(reports(() => reencryptTwice(around)));
}

/** Its name sorts by the day on which it was made. */
const newKid = () => `k${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`;

function readKid(name: string): string {
  if (/^[\w-]{1,32}$/.test(name)) return name;
  throw new InvalidArgumentError('It has letters, digits, dashes and underscores, 32 at most.');
}

async function newSecret(kid: string): Promise<Report> {
  const secret = `${kid}:${randomBytes(32).toString('base64url')}`;
  return { lines: [secret], json: { kid, secret } };
}

/** Rows change meanwhile: the second run shows whether any is under another secret. */
async function reencryptTwice(around: Surroundings): Promise<Report> {
  const secrets = readSecrets();
  const sealed = sealing(secrets);
  return withStores(
    around,
    async ({ prisma }) => {
      const tables = await reencrypt(prisma, sealed);
      const again = await reencrypt(prisma, sealed);
      const late = again.reduce((sum, { renewed }) => sum + renewed, 0);
      if (late === 0) await forgetOtherKeys(prisma, sealed);
      const lines = tables.map(
        ({ table, rows, renewed }) => `${table}: ${renewed} of ${rows} rows sealed again`,
      );
      return {
        lines: [...lines, late > 0 ? notYet(secrets, late) : allCurrent(secrets)],
        json: { tables, kid: secrets[0].kid, late },
      };
    },
    sealed,
  );
}

function allCurrent([{ kid }, ...others]: SecretRing): string {
  const names = others.map((other) => other.kid).join(', ');
  const rest =
    names && `; ${names} may leave SECRETS in two hours, when no login needs it any more`;
  return `every row is under ${kid}${rest}`;
}

function notYet([{ kid }]: SecretRing, late: number): string {
  return `${late} rows were written under another secret meanwhile: run this again once ${kid} comes first in SECRETS everywhere`;
}
