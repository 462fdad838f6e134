import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onlyForTrying } from '../build/on-demand.ts';
import { maxTreeMegabytes, treeMegabytes } from '../production/size.ts';
import type { Image } from './build-image.ts';
import { output } from './tools.ts';

/** What is promised of the image, in lines for a person. */
export function checkImage({ files, config, run, realBase }: Image): string[] {
  const app = join(files, 'app');
  match(config.User ?? '', /^[1-9]\d*:[1-9]\d*$/);
  deepEqual(config.Entrypoint ?? [], []);
  equal(config.Healthcheck?.Test.at(-1)?.includes('/health/live'), true);
  deepEqual(readdirSync(app).sort(), [
    '.cache',
    '.npmrc',
    'LICENSE',
    'dist',
    'node_modules',
    'package-lock.json',
    'package.json',
    'prisma',
  ]);
  for (const name of onlyForTrying) ok(!existsSync(join(app, 'node_modules', name)), name);
  const foreign = output('find', [
    app,
    '-not',
    '-uid',
    '0',
    '-o',
    '-perm',
    '/022',
    '-not',
    '-type',
    'l',
  ]);
  equal(foreign, '', 'somebody else than root could change a file');
  const size = treeMegabytes(app);
  ok(size <= maxTreeMegabytes, `${size} MB`);
  match(run(['doublecheck', '--help']), /migrate/);
  match(run(['node', '-e', tryToWrite]), /^1000 EACCES$/);
  const compiled = run(['node', '-p', 'require("node:module").getCompileCacheDir()']);
  ok(readdirSync(join(files, compiled)).length > 0, 'its user has no compiled code');
  const from = realBase
    ? 'the base that it names'
    : 'a base made of this Debian: no registry answers';
  return [
    `the Dockerfile builds, on ${from}`,
    `the image runs as ${config.User}, who can write nothing in it; it starts Node without a shell`,
    `it holds the bundle and its packages, ${size} MB, and nothing else`,
    'its user finds the code compiled',
  ];
}

const tryToWrite = `try { require('fs').writeFileSync('/app/x', ''); } catch (error) {
  console.log(process.getuid(), error.code);
}`;
