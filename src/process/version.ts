import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version of this service, from package.json. The same for the sources and for the bundle. */
export function readVersion(): string {
  return JSON.parse(readFileSync(findPackageJSON(import.meta.url) ?? '', 'utf8')).version;
}
