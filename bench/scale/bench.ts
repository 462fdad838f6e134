import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { connectPostgres, migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { type Sealing, sealing } from '../../src/adapters/sealing.ts';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { anEntry } from '../../test/support/people.ts';
import { startTwilio, type Twilio } from '../delivery/twilio.ts';
import { budgets } from '../shared/budgets.ts';
import { insertPeople, type Person, people } from '../shared/people.ts';
import { type Postgres, startPostgres } from '../shared/postgres.ts';
import { type Layout, oneMaster, threeMasters } from './redis.ts';
import { type Replica, startReplica } from './replicas.ts';

/** Replicas on one layout of Redis. A run uses the first of them. */
export type Deployment = Layout & { replicas: Replica[] };

/** All processes of the benchmark. Every configuration uses the same ones. */
export type Bench = {
  postgres: Postgres;
  /** For statistics of PostgreSQL itself. */
  admin: Client;
  deployments: Deployment[];
  twilio: Twilio;
  people: Person[];
  apiKey: string;
};

const maxReplicas = 4;

export async function openBench(count: number, open: AsyncDisposableStack): Promise<Bench> {
  const postgres = await startPostgres(['shared_preload_libraries=pg_stat_statements']);
  open.defer(postgres.stop);
  await migratePostgres(postgres.url);
  const twilio = await startTwilio();
  open.defer(twilio.stop);
  const secret = randomBytes(32);
  const seals = sealing([{ kid: 'k1', bytes: secret }]);
  const everyone = people(count);
  await insertPeople(postgres.url, everyone, seals);
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  open.defer(() => admin.end());
  await admin.query('CREATE EXTENSION pg_stat_statements');
  // While nothing else is busy: the service gives its database only so long.
  const apiKey = await makeKey(postgres.url, seals);
  const env = settingsFor(postgres.url, secret, twilio);
  const deployments: Deployment[] = [];
  for (const start of [oneMaster, threeMasters]) {
    const layout = await start();
    open.defer(layout.stop);
    const replicas = await startReplicas({ ...env, ...layout.env });
    for (const { stop } of replicas) open.defer(stop);
    deployments.push({ ...layout, replicas });
  }
  return { postgres, admin, deployments, twilio, people: everyone, apiKey };
}

function startReplicas(env: Record<string, string>): Promise<Replica[]> {
  return Promise.all(Array.from({ length: maxReplicas }, () => startReplica(env)));
}

async function makeKey(url: string, seals: Sealing): Promise<string> {
  const database = connectPostgres(url);
  try {
    const name = 'company-panel';
    return await createApiKey(
      prismaDirectory(database, seals).clients,
      {
        name,
        scopes: ['challenges'],
      },
      () => anEntry,
    );
  } finally {
    await database.close();
  }
}

function settingsFor(database: string, secret: Buffer, twilio: Twilio): Record<string, string> {
  return {
    ...budgets,
    ...twilio.env,
    DATABASE_URL: database,
    SECRETS: `k1:${secret.toString('base64url')}`,
    ISSUER: 'https://2fa.example',
  };
}
