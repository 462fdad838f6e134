import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { loaderName } from './environment.ts';

/** What Jest says of the code that asks for a file. */
type Asking = { supportsDynamicImport: boolean; supportsStaticESM: boolean };

const load = createRequire(import.meta.url);

/**
 * Takes each file of a package from Node's own loader. So a package is loaded once by each process
 * that runs tests, and stays warm. Jest would load it again for each test file: half of all its time.
 */
export default {
  getCacheKey: (source: string, file: string, asking: Asking) =>
    createHash('sha256')
      .update(file)
      .update(codeFor(source, file, asking))
      .digest('hex'),
  process: (source: string, file: string, asking: Asking) => ({
    code: codeFor(source, file, asking),
  }),
};

function codeFor(source: string, file: string, asking: Asking): string {
  // The global set-up runs outside: it has that loader already.
  if (!asking.supportsDynamicImport) return source;
  const taken = `${loaderName}(${JSON.stringify(file)})`;
  return asking.supportsStaticESM ? moduleOf(taken, load(file)) : `module.exports = ${taken};`;
}

/** A module with the same exports. */
function moduleOf(taken: string, exported: object): string {
  const names = Object.keys(exported).filter((name) => name !== '__esModule');
  const exports = names.map(
    (name, i) => `const e${i} = taken[${JSON.stringify(name)}];\nexport { e${i} as ${name} };`,
  );
  return [`const taken = ${taken};`, ...exports].join('\n');
}
