import { execFileSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresAccount, temporaryFolder } from './server-process.ts';

/** Paths of a certificate authority that nobody knows, and of a server's certificate that it signed. */
export type OwnCa = { ca: string; certificate: string; key: string };

/** Made by openssl for `localhost`. Servers that run as another account can read the key too. */
export function makeOwnCa(): OwnCa {
  const folder = temporaryFolder(postgresAccount());
  const path = (name: string) => join(folder, name);
  const openssl = (args: string) =>
    execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'pipe' });
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  openssl(`req -x509 ${key} -keyout ca.key -out ca.crt -days 2 -subj /CN=own-ca`);
  openssl(`req ${key} -keyout server.key -out server.csr -subj /CN=localhost`);
  writeFileSync(path('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    'x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt',
  );
  const account = postgresAccount();
  for (const name of ['server.key', 'server.crt'])
    if (account) chownSync(path(name), account.uid, account.gid);
  return { ca: path('ca.crt'), certificate: path('server.crt'), key: path('server.key') };
}
