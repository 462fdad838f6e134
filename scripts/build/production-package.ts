/**
 * Writes the package.json of what production runs: `node scripts/build/production-package.ts FOLDER`.
 * It depends only on packages that the bundle does not contain. The lock file stays the same.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onDemand } from './on-demand.ts';

const [folder = '.'] = process.argv.slice(2);
const source = join(import.meta.dirname, '../../package.json');
const { name, version, license, type, dependencies } = JSON.parse(readFileSync(source, 'utf8'));
const needed = Object.fromEntries(onDemand.map((one) => [one, dependencies[one]]));
const bin = { doublecheck: 'dist/doublecheck.js' };
const production = { name, version, private: true, license, type, bin, dependencies: needed };
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(production, null, 2)}\n`);
