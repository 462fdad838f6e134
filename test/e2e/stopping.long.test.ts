/** A replica that stops loses no request: not ready first, then it answers the rest. */
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Deployment, deploy } from '../support/deployment.ts';
import { openRawConnection, rawRequest } from '../support/raw-connection.ts';
import { type Replica, startReplica, untilReady } from '../support/replica.ts';
import { freshDatabase, freshRedis } from '../support/servers.ts';
import { eventually, slowWorkMs } from './program.ts';

let deployment: Deployment;
let replica: Replica;
let printed: string[];

beforeAll(async () => {
  deployment = await deploy(await freshDatabase(), await freshRedis());
});
afterEach(() => replica.kill());

async function started(env: Record<string, string>): Promise<void> {
  printed = [];
  replica = await startReplica({ ...deployment.env, ...env }, (connection) =>
    printed.push(connection),
  );
  await untilReady(replica.url);
}

const login = JSON.stringify({ organizationId: 'acme', userId: '42', app: { name: 'panel' } });

function signingIn(): string {
  const authorization = `Bearer ${deployment.apiKey}`;
  const headers = { authorization, 'content-type': 'application/json' };
  return rawRequest('POST', '/v1/challenges', headers, login);
}

const untilNotReady = () =>
  eventually(slowWorkMs, async () => (await fetch(`${replica.url}/health/ready`)).status === 503);

const untilNothingListens = () =>
  eventually(slowWorkMs, () =>
    fetch(`${replica.url}/health/live`).then(
      () => false,
      ({ cause }) => cause.code === 'ECONNREFUSED',
    ),
  );

describe.each(['SIGTERM', 'SIGINT'] as const)('on %s', (signal) => {
  test('it is not ready at once, and goes on answering, each time for the last time on a connection', async () => {
    await started({ DRAIN_SECONDS: '60' });
    const connection = await openRawConnection(replica.url);
    connection.send(rawRequest('GET', '/health/ready'));
    await connection.received(/^HTTP\/1.1 200 .*connection: keep-alive/is);

    replica.signal(signal);
    await untilNotReady();
    connection.send(signingIn());
    const last = (await connection.closed).split('HTTP/1.1 ').at(-1);
    expect(last).toMatch(/^201 .*connection: close.*"challengeToken"/is);
    expect((await fetch(`${replica.url}/health/live`)).status).toBe(200);
  });
});

test('open requests are finished, then the process ends with code 0, after one signal or many', async () => {
  await started({ DRAIN_SECONDS: '0' });
  const request = signingIn();
  const connection = await openRawConnection(replica.url);
  connection.send(request.replace('\r\n', '\r\nexpect: 100-continue\r\n').slice(0, -5));
  await connection.received(/^HTTP\/1.1 100 /);

  replica.signal('SIGTERM');
  await untilNothingListens();
  replica.signal('SIGTERM');
  replica.signal('SIGINT');
  connection.send(request.slice(-5));
  expect(await connection.closed).toMatch(/HTTP\/1.1 201 .*"challengeToken"/s);
  expect(await replica.exit).toBe(0);
});

test('what arrives on a connection from before is answered while the replica closes', async () => {
  await started({ DRAIN_SECONDS: '0' });
  const connection = await openRawConnection(replica.url);
  replica.signal('SIGTERM');
  await untilNothingListens();
  connection.send(signingIn());
  expect(await connection.closed).toMatch(/^HTTP\/1.1 201 .*connection: close/is);
  expect(await replica.exit).toBe(0);
});

describe('an error that nobody catches', () => {
  const unexpected = { thrown: 'throw new Error("unexpected")', rejected: 'Promise.reject("oh")' };

  test.each(Object.entries(unexpected))('ends the process with code 1: %s', async (_, code) => {
    const preload = `process.on("SIGUSR2", () => { ${code} })`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload)}`;
    await started({ NODE_OPTIONS });
    replica.signal('SIGUSR2');
    expect(await replica.exit).toBe(1);
    const told = printed.filter((connection) => connection.includes('an error that nobody caught'));
    expect(told.length).toBe(1);
  });
});
