import { randomBytes } from 'node:crypto';
import { reencrypt } from '../adapters/postgres/sealed/reencrypt.ts';
import { forgetOtherKeys } from '../adapters/postgres/sealed/sealing-keys.ts';
import { sealing } from '../adapters/sealing.ts';
import type { SecretRing } from '../domain/secrets/keys.ts';
import { readArguments } from './arguments.ts';
import { type Command, type Surroundings, UsageError } from './command.ts';
import { readSecrets, withStores } from './stores.ts';

/** Its name sorts by the day on which it was made. */
const newKid = () => `k${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`;

export const newSecret: Command = {
  usage: '[--kid NAME]',
  help: `Prints a new secret for SECRETS. Put it second on every replica, then first, then run
secrets reencrypt.
--kid  its name; without it, the day of today`,
  async run(args, around) {
    const { kid = newKid() } = readArguments(args, { options: ['kid'] });
    if (!/^[\w-]{1,32}$/.test(kid))
      throw new UsageError('--kid is letters, digits, dashes and underscores, 32 at most');
    around.print(`${kid}:${randomBytes(32).toString('base64url')}`);
  },
};

export const reencryptRows: Command = {
  usage: '',
  help: 'Seals every row again under the first secret of SECRETS, after which the others may go.',
  run: async (args, around) => {
    readArguments(args, {});
    await reencryptTwice(around);
  },
};

/** Rows change meanwhile: the second run shows whether any is under another secret. */
async function reencryptTwice(around: Surroundings): Promise<void> {
  const secrets = readSecrets();
  const sealed = sealing(secrets);
  await withStores(
    around,
    async ({ prisma }) => {
      const tables = await reencrypt(prisma, sealed);
      for (const { table, rows, renewed } of tables)
        around.print(`${table}: ${renewed} of ${rows} rows sealed again`);
      const again = await reencrypt(prisma, sealed);
      const late = again.reduce((sum, { renewed }) => sum + renewed, 0);
      if (late === 0) await forgetOtherKeys(prisma, sealed);
      around.print(late > 0 ? notYet(secrets, late) : allCurrent(secrets));
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
