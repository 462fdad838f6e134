import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { emptyFolder, type Program, root, run } from '../../test/e2e/program.ts';

/** The same files as in the image of the Dockerfile, in a temporary folder. */
export type ProductionBuild = {
  folder: string;
  /** What `CMD` runs: the service. */
  service: { args: string[]; cwd: string; env: Record<string, string> };
  /** Runs it. */
  start(env: Record<string, string>): Program;
  /** Runs `HEALTHCHECK`. */
  checkHealth(env: Record<string, string>): Program;
  cli(args: string[], env: Record<string, string>): Program;
  remove(): void;
};

/** @param built the files of an image; without it, builds them here. */
export function buildProduction(built?: string): ProductionBuild {
  const { folder, remove } = built ? { folder: resolve(built), remove() {} } : buildHere();
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', '');
  const [healthCheck = [], service = []] = commandsOf(dockerfile);
  const environment = environmentOf(dockerfile);
  const runInFolder = ([, ...args]: string[], env: Record<string, string>) =>
    run(process.execPath, args, { cwd: folder, env: { ...environment, ...env } });
  return {
    folder,
    service: { args: service.slice(1), cwd: folder, env: environment },
    start: (env) => runInFolder(service, env),
    checkHealth: (env) => runInFolder(healthCheck, env),
    cli: (args, env) => runInFolder(['node', 'dist/doublecheck.js', ...args], env),
    remove,
  };
}

function buildHere(): ReturnType<typeof emptyFolder> {
  const made = emptyFolder();
  execFileSync(join(root, 'scripts/build-production.sh'), [made.folder], { stdio: 'inherit' });
  return made;
}

function commandsOf(dockerfile: string): string[][] {
  const commands = dockerfile.matchAll(/^(?:HEALTHCHECK .*)?CMD (\[.*\])$/gm);
  return [...commands].map(([, command = '[]']) => JSON.parse(command));
}

function environmentOf(dockerfile: string): Record<string, string> {
  const [, pairs = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
  return Object.fromEntries(pairs.split(' ').map((pair) => pair.split('=')));
}
