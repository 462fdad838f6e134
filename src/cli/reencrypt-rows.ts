import { type Reencrypted, reencrypt } from '../adapters/postgres/sealed/reencrypt.ts';
import { forgetOtherKeys } from '../adapters/postgres/sealed/sealing-keys.ts';
import { sealing } from '../adapters/sealing.ts';
import type { SecretRing } from '../domain/secrets/keys.ts';
import type { Report, Surroundings } from './command.ts';
import { readSecrets, withStores } from './stores.ts';

/** Rows that are locked or written meanwhile are found in the next pass. */
const maxPasses = 5;

/** A line for so many rows. */
const rowsPerLine = 10_000;

/** Passes until one finds no row under another secret. */
export async function reencryptRows(around: Surroundings): Promise<Report> {
  const secrets = readSecrets();
  const sealed = sealing(secrets);
  return withStores(
    around,
    async ({ prisma }) => {
      const tables = await reencrypt(prisma, sealed, { onBatch: tellProgress(around) });
      let late = lateIn(tables.map(({ skipped }) => skipped));
      for (let pass = 2; pass <= maxPasses; pass += 1) {
        const again = await reencrypt(prisma, sealed);
        late = lateIn(again.flatMap(({ renewed, skipped }) => [renewed, skipped]));
        if (late === 0) break;
      }
      if (late === 0) await forgetOtherKeys(prisma, sealed);
      const lines = tables.map(
        ({ table, rows, renewed }) => `${table}: ${renewed} of ${rows} rows sealed again`,
      );
      const json = { tables, kid: secrets[0].kid, late };
      if (late === 0) return { lines: [...lines, allCurrent(secrets)], json };
      return { lines, json, failure: notYet(secrets, late) };
    },
    sealed,
  );
}

const lateIn = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);

function tellProgress({ progress }: Surroundings): (soFar: Reencrypted) => void {
  return ({ table, rows, renewed }) => {
    if (rows > 0 && rows % rowsPerLine === 0)
      progress(`${table}: ${rows} rows looked at, ${renewed} sealed again`);
  };
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
