import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder, type Program, root, run } from '../../test/e2e/program.ts';

/** What the Dockerfile puts into its image, without the image. */
export type Shipped = {
  /** `CMD`: the service. */
  start(env: Record<string, string>): Program;
  /** `HEALTHCHECK`. */
  checkHealth(env: Record<string, string>): Program;
  cli(args: string[], env: Record<string, string>): Program;
  remove(): void;
};

export function ship(): Shipped {
  const { folder, remove } = emptyFolder();
  execFileSync(join(root, 'scripts/build-production.sh'), [folder], { stdio: 'inherit' });
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', '');
  const [healthCheck = [], service = []] = commandsOf(dockerfile);
  const environment = environmentOf(dockerfile);
  const inside = ([, ...args]: string[], env: Record<string, string>) =>
    run(process.execPath, args, { cwd: folder, env: { ...environment, ...env } });
  return {
    start: (env) => inside(service, env),
    checkHealth: (env) => inside(healthCheck, env),
    cli: (args, env) => inside(['node', 'src/cli.ts', ...args], env),
    remove,
  };
}

function commandsOf(dockerfile: string): string[][] {
  const commands = dockerfile.matchAll(/^(?:HEALTHCHECK .*)?CMD (\[.*\])$/gm);
  return [...commands].map(([, command = '[]']) => JSON.parse(command));
}

function environmentOf(dockerfile: string): Record<string, string> {
  const [, pairs = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? [];
  return Object.fromEntries(pairs.split(' ').map((pair) => pair.split('=')));
}
