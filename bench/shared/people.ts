import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { sealedAddress, sealedToken } from '../../src/adapters/postgres/sealed/sealed-columns.ts';
import type { Sealing } from '../../src/adapters/sealing.ts';

/** A user with a phone number, and the app as backup. */
export type Person = { organizationId: string; userId: string; number: string };

const perOrganization = 100;

/** The length of a real FCM token. */
const pushTokenBytes = 122;

export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => ({
    organizationId: `company-${String(Math.floor(index / perOrganization)).padStart(5, '0')}`,
    userId: String(10_000_000 + index),
    number: `+316${String(10_000_000 + index)}`,
  }));
}

/** Inserts them into the database in bulk, in the state after an enrolment. */
export async function insertPeople(
  url: string,
  all: readonly Person[],
  sealing: Sealing,
): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    const organizations = [...new Set(all.map(({ organizationId }) => organizationId))];
    await insert(client, 'organizations', organizations.map(organizationRow));
    await insert(client, 'users', all.map(userRow));
    await insert(
      client,
      'factors',
      all.flatMap((person) => factorRows(person, sealing)),
    );
    await insert(
      client,
      'devices',
      all.map((person) => deviceRow(person, sealing)),
    );
    await client.query('COMMIT');
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

async function insert(client: Client, table: string, rows: object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await client.query(
    `INSERT INTO ${table} (${columns})
     SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`,
    [JSON.stringify(rows)],
  );
}

const now = new Date();

function organizationRow(id: string) {
  const settings = { language: 'nl-NL', country: 'NL', backup: 'offered' };
  return { id, policy: 'mandatory', ...settings, created_at: now, updated_at: now };
}

const ownerOf = ({ organizationId, userId }: Person) => ({
  organization_id: organizationId,
  user_id: userId,
});

function userRow({ organizationId, userId }: Person) {
  return { organization_id: organizationId, id: userId, factor_count: 2, created_at: now };
}

function factorRows(person: Person, sealing: Sealing) {
  const row = (method: string, address: string, isPrimary: true | null) => {
    const id = randomUUID();
    const sealed = sealedAddress(sealing, person, { id, address });
    const stored = { address: sealed.address, address_hash: sealed.addressHash };
    const role = { is_primary: isPrimary, has_primary: true };
    return { id, ...ownerOf(person), method, ...role, ...stored, created_at: now };
  };
  return [row('call', person.number, true), row('push', 'qaller', null)];
}

function deviceRow(person: Person, sealing: Sealing) {
  const id = randomUUID();
  const pushToken = randomBytes(pushTokenBytes).toString('base64url');
  const sealed = sealedToken(sealing, person, { id, pushToken });
  const token = { push_token: sealed.pushToken, push_token_hash: sealed.pushTokenHash };
  return {
    ...ownerOf(person),
    id,
    platform: 'android',
    ...token,
    created_at: now,
    updated_at: now,
  };
}
