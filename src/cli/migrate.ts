import type { Command } from 'commander';
import { migratePostgres } from '../adapters/postgres/connection/client.ts';
import { pendingMigrations } from '../adapters/postgres/migrations/migrate.ts';
import { readDatabaseUrl } from '../config/config.ts';
import { type Cli, type Report, type Surroundings, withExamples } from './command.ts';
import { withStores } from './stores.ts';

export function addMigrate(program: Command, { around, reports }: Cli): void {
  withExamples(
    program
      .command('migrate')
      .description('bring the database up to date, before a new version starts')
      .option('--status', 'only list what is pending; ends with 1 when that is something')
      .action(
        reports(({ status }: { status?: true }) =>
          status ? tellStatus(around) : bringUpToDate(around),
        ),
      ),
    'migrate',
    'migrate --status --json',
  );
}

async function tellStatus({ openDatabase }: Surroundings): Promise<Report> {
  const database = await openDatabase();
  try {
    const pending = await pendingMigrations(database.prisma);
    if (pending.length === 0) return { lines: ['every migration is applied'], json: { pending } };
    const failure = `${pending.length} migrations are pending: run migrate`;
    return { lines: pending.map((name) => `pending: ${name}`), json: { pending }, failure };
  } finally {
    await database.close();
  }
}

async function bringUpToDate(around: Surroundings): Promise<Report> {
  const url = readDatabaseUrl();
  const lines = ['the embedded database is up to date'];
  if (!url) return withStores(around, async () => ({ lines, json: { applied: [] } }));
  const applied = await migratePostgres(url);
  const line = applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply';
  return { lines: [line], json: { applied } };
}
