import { countByKid } from '../adapters/postgres/sealed/reencrypt.ts';
import { sealing } from '../adapters/sealing.ts';
import type { Report, Surroundings } from './command.ts';
import { readSecrets, withStores } from './stores.ts';

type Use = { kid: string; inSecrets: boolean; first: boolean; rows: Record<string, number> };

/** What each secret is still needed for. */
export async function tellUse(around: Surroundings): Promise<Report> {
  const secrets = readSecrets();
  const sealed = sealing(secrets);
  return withStores(
    around,
    async ({ prisma }) => {
      const counts = await countByKid(prisma, sealed);
      const kids = [...new Set([...secrets.map(({ kid }) => kid), ...counts.keys()])];
      const uses = kids.map((kid): Use => {
        const place = secrets.findIndex((secret) => secret.kid === kid);
        return { kid, inSecrets: place >= 0, first: place === 0, rows: counts.get(kid) ?? {} };
      });
      const lost = uses.filter(({ inSecrets }) => !inSecrets).map(({ kid }) => kid);
      const failure = `SECRETS lacks ${lost.join(', ')}, under which rows are sealed`;
      const json = { secrets: uses };
      return { lines: uses.map(lineOf), json, ...(lost.length > 0 && { failure }) };
    },
    sealed,
  );
}

function lineOf({ kid, inSecrets, first, rows }: Use): string {
  const tables = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
  const needed = tables.length > 0 ? `rows: ${tables.join(', ')}` : 'no rows';
  if (!inSecrets) return `${kid}  is not in SECRETS  ${needed}`;
  if (first) return `${kid}  comes first  ${needed}`;
  const leaves = 'may leave SECRETS two hours after it was first for the last time';
  return `${kid}  ${needed}${tables.length > 0 ? '' : `: ${leaves}, or comes first next`}`;
}
