import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeStandIn } from './base-image.ts';
import { output, root, succeeds } from './tools.ts';

export type Image = {
  /** A folder with all files of the image. */
  files: string;
  /** What the image says about itself. */
  config: {
    User?: string;
    Entrypoint?: string[];
    Cmd?: string[];
    Healthcheck?: { Test: string[] };
  };
  /** Runs a command in it, as its own user. */
  run(command: string[]): string;
  /** Whether its base is the one that the Dockerfile names. */
  realBase: boolean;
} & AsyncDisposable;

const base = 'docker.io/library/node:24-slim';

/** Builds with a storage of its own, without an engine and without privileges of a container. */
export function buildImage(): Image {
  const storage = mkdtempSync(join(tmpdir(), 'doublecheck-image-'));
  const options = ['--storage-driver', 'vfs', '--root', storage, '--runroot', `${storage}/run`];
  const buildah = (...args: string[]) => output('buildah', [...options, ...args]).trim();
  const realBase = succeeds('timeout', ['20', 'buildah', ...options, 'pull', '--quiet', base]);
  if (!realBase) makeStandIn(base, storage, buildah);
  const build = 'bud --isolation chroot --pull-never --format docker --quiet --tag doublecheck';
  buildah(...build.split(' '), root);
  const container = buildah('from', '--pull-never', 'doublecheck');
  const inspected = JSON.parse(buildah('inspect', '--type', 'image', 'doublecheck'));
  return {
    files: buildah('mount', container),
    config: inspected.Docker.config,
    run: (command) => buildah('run', '--isolation', 'chroot', container, '--', ...command),
    realBase,
    async [Symbol.asyncDispose]() {
      buildah('unmount', container);
      rmSync(storage, { recursive: true, force: true });
    },
  };
}
