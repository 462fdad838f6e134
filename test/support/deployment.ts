import { randomBytes } from 'node:crypto';
import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { roomy } from './limits.ts';
import { anEntry, anOrganization } from './people.ts';
import { testSealing } from './sealing.ts';

/** What replicas of one service share. */
export type Deployment = {
  /** Their settings: the console channel prints the codes, and no budget is met by chance. */
  env: Record<string, string>;
  /** Of a client that may do everything. */
  apiKey: string;
};

/** No login of a test meets a budget by chance. */
export const generous = {
  TOKEN_USES_PER_MINUTE: '10000',
  STARTS_PER_USER_MINUTE: '10000',
  CALLS_PER_SECOND: '1000',
  CODES_PER_USER_UNAPPROVED: '1000',
  CODES_PER_USER_HOUR: '10000',
  CODES_PER_USER_DAY: '10000',
  CODES_PER_PENDING_NUMBER_HOUR: '10000',
  CODES_PER_PENDING_NUMBER_DAY: '10000',
  CODES_PER_ORGANIZATION_HOUR: '1000000',
  CODES_PER_ORGANIZATION_DAY: '10000000',
};

/** A service whose organization `acme` makes everybody sign in with a code, before any replica runs. */
export async function deploy(databaseUrl: string, redisUrl: string): Promise<Deployment> {
  const database = connectPostgres(databaseUrl, roomy);
  try {
    const directory = prismaDirectory(database, testSealing, roomy);
    await directory.organizations.save(anOrganization('acme'), anEntry);
    const scopes = ['challenges', 'users', 'admin'];
    const apiKey = await createApiKey(
      directory.clients,
      { name: 'company-panel', scopes },
      () => anEntry,
    );
    const env = {
      ...generous,
      ISSUER: 'https://2fa.example',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      SECRETS: `k1:${randomBytes(32).toString('base64url')}`,
    };
    return { env, apiKey };
  } finally {
    await database.close();
  }
}
