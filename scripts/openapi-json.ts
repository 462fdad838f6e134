/** Makes what the service serves from openapi.yaml. With --check, it only compares. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

const folder = new URL('../src/http/generated/', import.meta.url);
const file = new URL('openapi.json', folder);

const description = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8'));
const served = JSON.stringify(description);
if (!process.argv.includes('--check')) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, served);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== served) {
  process.stderr.write('What is served differs from openapi.yaml. Run npm run prepare.\n');
  process.exit(1);
}
