/**
 * The packages that production may load, with their licences: `npm run sbom`. Writes a CycloneDX document to
 * dist/sbom.cdx.json and prints the licences. `--check` only looks for one that is not allowed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Licences that ask for no more than their own text in what ships. */
const allowed = new Set(
  '0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 ISC MIT Unlicense'.split(' '),
);

/** Packages whose manifest names their licence in a form of the past. Each was read. */
const readByHand: Record<string, string> = { limiter: 'MIT' };

type Component = {
  name: string;
  version: string;
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
};
type Sbom = { metadata: { component: Component }; components: Component[] };

function readSbom(): Sbom {
  const args = 'sbom --package-lock-only --omit=dev --omit=optional --sbom-format=cyclonedx';
  const text = execFileSync('npm', args.split(' '), { cwd: root, encoding: 'utf8' });
  const sbom: Sbom = JSON.parse(text);
  // npm names it after the folder.
  sbom.metadata.component.name = 'doublecheck';
  return sbom;
}

function licenceOf({ name, licenses = [] }: Component): string {
  const [found] = licenses.map((one) => one.expression ?? one.license?.id ?? one.license?.name);
  return found ?? readByHand[name] ?? 'none';
}

function printLicences(components: Component[]): void {
  const byLicence = Map.groupBy(components, licenceOf);
  for (const [licence, packages] of [...byLicence].sort()) {
    const names = packages.map(({ name, version }) => `${name}@${version}`);
    process.stdout.write(`${licence} (${names.length})\n  ${names.join('\n  ')}\n`);
  }
}

const sbom = readSbom();
const refused = sbom.components.filter((component) => !allowed.has(licenceOf(component)));
for (const { name, version } of refused)
  process.stderr.write(`${name}@${version}: its licence is not in the list of scripts/sbom.ts\n`);
process.exitCode = refused.length > 0 ? 1 : 0;
if (!process.argv.includes('--check')) {
  const file = join(root, 'dist/sbom.cdx.json');
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
  printLicences(sbom.components);
  process.stdout.write(`${sbom.components.length} packages are in ${file}\n`);
}
