/**
 * Bundles what production runs: `npm run build`, or with a folder, `npm run build -- FOLDER`. The
 * files that modules read beside themselves are copied beside the bundle.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { onDemand, onlyForTrying } from './build/on-demand.ts';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'dist');

/** CommonJS packages in the bundle expect these names. */
const commonJs = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { filename: __filename, dirname: __dirname } = import.meta;`;

await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts', doublecheck: 'src/cli.ts' },
  outdir: folder,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  external: [...onDemand, ...onlyForTrying],
  banner: { js: commonJs },
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay and lines are short, so that a stack still tells where an error came from.
  lineLimit: 120,
  logLevel: 'warning',
});
for (const [from, to] of [
  ['src/adapters/redis/scripts', 'scripts'],
  ['src/http/generated', 'generated'],
] as const)
  cpSync(join(root, from), join(folder, to), {
    recursive: true,
    // Production has no /try.
    filter: (source) => !source.endsWith('generated/try'),
  });
