import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary } from '../support/binaries.ts';
import { freePort, type Server, startProcess, temporaryFolder } from '../support/server-process.ts';

/**
 * An haproxy in front of replicas, as an operator would have it: it notices within half a second who
 * is not ready, and sends a request again only when it could not connect, so never one that may have
 * arrived.
 */
export async function startBalancer(ports: number[]): Promise<Server> {
  const program = binary('haproxy');
  const folder = temporaryFolder();
  const port = await freePort();
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, configuration(port, ports));
  const server = await startProcess({
    program,
    args: ['-W', '-db', '-f', file],
    folder,
    ready: 'Loading success',
    stopSignal: 'TERM',
  });
  return { ...server, url: `http://127.0.0.1:${port}` };
}

function configuration(port: number, replicas: number[]): string {
  const servers = replicas.map((each) => `  server replica-${each} 127.0.0.1:${each} check`);
  return `defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  timeout check 2s
  retries 3
  retry-on conn-failure
  option redispatch 1

frontend public
  bind 127.0.0.1:${port}
  default_backend replicas

backend replicas
  balance roundrobin
  option httpchk GET /health/ready
  http-check expect status 200
  default-server inter 200ms fall 2 rise 1
${servers.join('\n')}
`;
}
