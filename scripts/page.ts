/**
 * Builds the 2FA page into `src/http/generated/page`: one script, one style sheet, and its HTML in each
 * language. The names contain hashes of the contents. Also builds `/try`, which production does not have.
 * `npm run prepare` runs it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { settings } from '../src/config/settings.ts';

const source = join(import.meta.dirname, '../page');
const target = join(import.meta.dirname, '../src/http/generated/page');

type Metadata = {
  countries: Record<string, unknown>;
  country_calling_codes: Record<string, string[]>;
};

/** Formats of other countries would be half of the page. A number there can still be entered. */
const fewerCountries: Plugin = {
  name: 'fewer-countries',
  setup({ onLoad }) {
    onLoad({ filter: /metadata\.min\.json(\.js)?$/ }, ({ path }) => {
      const json = readFileSync(path.replace(/\.js$/, ''), 'utf8');
      const loader = path.endsWith('.js') ? 'js' : 'json';
      const cut = JSON.stringify(onlyCallable(JSON.parse(json)));
      return { contents: loader === 'js' ? `export default ${cut}` : cut, loader };
    });
  },
};

function onlyCallable(metadata: Metadata): Metadata {
  const { fallback: kept } = settings.CALL_COUNTRIES;
  const countries = Object.entries(metadata.countries).filter(([name]) => kept.includes(name));
  const callingCodes = Object.entries(metadata.country_calling_codes)
    .map(([code, names]) => [code, names.filter((name) => kept.includes(name))] as const)
    .filter(([, names]) => names.length > 0);
  return {
    ...metadata,
    countries: Object.fromEntries(countries),
    country_calling_codes: Object.fromEntries(callingCodes),
  };
}

const options = {
  outdir: target,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2023', 'chrome116', 'firefox119', 'safari17'],
  charset: 'utf8',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  plugins: [fewerCountries],
  logLevel: 'warning',
} as const satisfies BuildOptions;

const { outputFiles } = await build({
  ...options,
  entryPoints: [join(source, 'src/main.tsx'), join(source, 'styles/style.css')],
  write: false,
});

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const hashed = new Map(
  outputFiles.map(({ path, contents }) => {
    const hash = createHash('sha384').update(contents).digest('base64');
    const [name, extension] = basename(path).split('.');
    const file = `${name}-${hash.replace(/\W/g, '').slice(0, 10)}.${extension}`;
    writeFileSync(join(target, file), contents);
    return [extension, { file, integrity: `sha384-${hash}` }];
  }),
);

const template = readFileSync(join(source, 'index.html'), 'utf8');
for (const name of readdirSync(join(source, 'messages'))) {
  const lang = basename(name, '.json');
  const { heading } = JSON.parse(readFileSync(join(source, 'messages', name), 'utf8'));
  const values: Record<string, string | undefined> = {
    lang,
    heading,
    script: `assets/${hashed.get('js')?.file}`,
    scriptIntegrity: hashed.get('js')?.integrity,
    style: `assets/${hashed.get('css')?.file}`,
    styleIntegrity: hashed.get('css')?.integrity,
  };
  const html = template.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key] ?? '');
  writeFileSync(join(target, `${lang}.html`), html);
}

const tried = join(target, '../try');
rmSync(tried, { recursive: true, force: true });
await build({
  ...options,
  outdir: tried,
  entryPoints: [
    { in: join(source, 'src/try/window.tsx'), out: 'window' },
    { in: join(source, 'src/try/panel.tsx'), out: 'panel' },
    { in: join(source, 'styles/try.css'), out: 'try' },
  ],
});
const tryTemplate = readFileSync(join(source, 'try.html'), 'utf8');
for (const name of ['window', 'panel'])
  writeFileSync(join(tried, `${name}.html`), tryTemplate.replace('{{name}}', name));
