import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { output, root } from './tools.ts';

/** The least that a shell, npm and Node need of Debian. */
const packages =
  'base-files bash coreutils dash grep libacl1 libattr1 libc6 libgcc-s1 libgmp10 libpcre2-8-0 ' +
  'libselinux1 libssl3 libstdc++6 libtinfo6 sed';

/**
 * Stands in for a base image where no registry answers: files of the Debian that this runs on, this Node and
 * its npm, and a user 1000. It shows that the Dockerfile builds, not what the real base contains.
 */
export function makeStandIn(
  tag: string,
  storage: string,
  buildah: (...args: string[]) => string,
): void {
  const folder = join(storage, 'base');
  mkdirSync(folder);
  // On Debian 12 these are links. Packages have files at both sides of them.
  for (const name of ['bin', 'lib', 'sbin', 'lib64']) {
    mkdirSync(join(folder, 'usr', name), { recursive: true });
    output('ln', ['-s', `usr/${name}`, join(folder, name)]);
  }
  output('sh', ['-c', copyPackages, 'sh', folder]);
  for (const name of ['tmp', 'root', 'home/node', 'etc/ssl', 'usr/local/bin'])
    mkdirSync(join(folder, name), { recursive: true });
  output('chmod', ['1777', join(folder, 'tmp')]);
  cpSync('/etc/ssl/certs', join(folder, 'etc/ssl/certs'), { recursive: true, dereference: true });
  addNode(folder);
  const accounts = 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n';
  writeFileSync(join(folder, 'etc/passwd'), accounts);
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  const environment = [
    'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
    'npm_config_yes=true',
  ];
  writeFileSync(
    join(folder, '../Containerfile'),
    `FROM scratch\nCOPY . /\n${environment.map((one) => `ENV ${one}\n`).join('')}`,
  );
  const build = ['--isolation', 'chroot', '--format', 'docker', '--quiet', '--tag', tag];
  buildah('bud', ...build, '--file', join(folder, '../Containerfile'), folder);
}

const copyPackages = `for one in ${packages}; do
  dpkg -L "$one" | while read -r path; do
    [ -d "$path" ] && [ ! -L "$path" ] || printf '%s\\n' "$path"
  done
done | grep -v -E '/share/(doc|man|locale)/' |
  tar --create --files-from - --ignore-failed-read --file - 2>/dev/null |
  tar --extract --keep-directory-symlink --file - --directory "$1"`;

/** The Node that comes with npm ci, and the npm that runs here. */
function addNode(folder: string): void {
  const node = join(root, 'node_modules/node/bin/node');
  cpSync(node, join(folder, 'usr/bin/node'));
  const npm = resolve(output('sh', ['-c', 'realpath "$(command -v npm)"']).trim(), '../..');
  cpSync(npm, join(folder, 'usr/lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    output('ln', [
      '-s',
      `../lib/node_modules/npm/bin/${name}-cli.js`,
      join(folder, 'usr/bin', name),
    ]);
}
