import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientCreated } from '../domain/audit/audit.ts';
import type { Clients } from '../domain/ports.ts';
import { createApiKey, parseApiKey, scopes } from '../domain/secrets/api-key.ts';
import type { SecretRing } from '../domain/secrets/keys.ts';

/** The local data of a service that has no stores configured. */
export const dataFolder = '.data';

/** A secret for a service without configuration, made once. Production refuses it. */
export function developmentSecrets(folder: string): SecretRing {
  const bytes = Buffer.from(readText(folder, 'secret') ?? '', 'base64url');
  if (bytes.length === 32) return [{ kid: 'own', bytes }];
  const made = randomBytes(32);
  writeText(folder, 'secret', made.toString('base64url'));
  return [{ kid: 'own', bytes: made }];
}

/** A key with every scope. It stays the same until its client is revoked. */
export async function developmentApiKey(folder: string, clients: Clients): Promise<string> {
  const key = readText(folder, 'development-api-key');
  const id = key && parseApiKey(key)?.id;
  const [client] = id ? await clients.findKeys([id]) : [];
  if (key && client && !client.revokedAt) return key;
  const development = { name: 'development', scopes: [...scopes] };
  const made = await createApiKey(clients, development, clientCreated(development, null));
  writeText(folder, 'development-api-key', made);
  return made;
}

function readText(folder: string, name: string): string | null {
  try {
    return readFileSync(join(folder, name), 'utf8').trim();
  } catch {
    return null;
  }
}

function writeText(folder: string, name: string, value: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, name), `${value}\n`, { mode: 0o600 });
}
