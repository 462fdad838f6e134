import { readFileSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { buildApp } from '../src/app.ts';
import { readConfig } from '../src/config/config.ts';
import { settingsOf, testSettingsOf } from '../src/config/domain-settings.ts';
import type { Deps } from '../src/domain/ports.ts';
import { codeVault } from '../src/domain/secrets/code-vault.ts';
import { fingerprints, pseudonyms } from '../src/domain/secrets/pseudonym.ts';
import type { TestDeps } from '../src/domain/test-mode/test-deps.ts';
import { describeApi } from './openapi/describe-api.ts';
import type { Document } from './openapi/document.ts';
import { gapsOf } from './openapi/gaps.ts';

/**
 * Writes openapi.yaml from the schemas of the routes. With --check, it only compares. Either way it
 * says what the description lacks, and then exits with 1.
 */
const file = new URL('../openapi.yaml', import.meta.url);

async function describe(): Promise<Document> {
  const secrets = [{ kid: 'none', bytes: Buffer.alloc(32) }] as const;
  const logger = pino({ level: 'silent' });
  // A description calls no store, so the stores are missing.
  const deps: Partial<Deps> = {
    settings: settingsOf(readConfig({})),
    channels: new Map(),
    fingerprint: fingerprints(secrets),
    codes: codeVault(secrets),
    pseudonyms: pseudonyms(secrets),
    log: logger,
  };
  const issuer = 'http://127.0.0.1:3000';
  const { signal: stopping } = new AbortController();
  const test = { ...deps, settings: testSettingsOf(readConfig({})) } as TestDeps;
  const app = await buildApp(
    { live: deps as Deps, test },
    {
      secrets,
      issuer,
      publicUrl: issuer,
      logger,
      corsOrigins: [],
      stopping,
      describe: describeApi,
    },
  );
  await app.ready();
  return app.swagger() as object as Document;
}

const document = await describe();
const gaps = gapsOf(document);
for (const gap of gaps) process.stderr.write(`${gap}\n`);
if (gaps.length > 0) process.exitCode = 1;
// Through JSON, because YAML would mark objects that are shared.
const written = stringify(JSON.parse(JSON.stringify(document)), {
  lineWidth: 100,
  // For readers of YAML 1.1, `off` without quotes is false.
  compat: 'yaml-1.1',
});
if (!process.argv.includes('--check')) {
  writeFileSync(file, written);
} else if (readFileSync(file, 'utf8') !== written) {
  process.stderr.write('openapi.yaml differs from the routes. Run npm run openapi.\n');
  process.exit(1);
}
