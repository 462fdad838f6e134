import type { Channel, Deps, Metrics } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';

const redis = ['challenges', 'quotas', 'turns', 'lines', 'idempotency'] as const;
/** The ports that PostgreSQL answers. */
export const postgresql = [
  'organizations',
  'users',
  'factors',
  'devices',
  'guessAccounts',
  'recoverySecrets',
  'knownDevices',
  'clients',
  'trail',
  'outcomes',
] as const;

type Measured = Pick<Deps, (typeof redis)[number] | (typeof postgresql)[number] | 'channels'>;

/** The same ports, which also tell how long each of their calls took and whether it failed. */
export function measured<Ports extends Measured & Pick<Deps, 'metrics'>>(ports: Ports): Ports {
  const { metrics } = ports;
  const timed = (names: readonly (keyof Measured)[], dependency: string) =>
    names.map((name) => [name, timedPort(ports[name], dependency, metrics)]);
  const channels = [...ports.channels].map(([method, channel]) => [
    method,
    timedChannel(channel, metrics),
  ]) as [string, Channel][];
  return {
    ...ports,
    ...Object.fromEntries([...timed(redis, 'redis'), ...timed(postgresql, 'postgresql')]),
    channels: new Map(channels),
  };
}

function timedPort<Port extends object>(port: Port, dependency: string, metrics: Metrics): Port {
  const calls = port as Record<string, Call>;
  const timed = Object.entries(port).map(([name, value]) => {
    const call: Call = (...args) => calls[name]?.(...args);
    return [name, typeof value === 'function' ? timedCall(call, dependency, metrics) : value];
  });
  return Object.fromEntries(timed) as Port;
}

type Call = (...args: unknown[]) => unknown;

function timedCall(call: Call, dependency: string, metrics: Metrics): Call {
  return (...args) => {
    const since = performance.now();
    const answer = call(...args);
    if (!(answer instanceof Promise)) return answer;
    const tell = (outcome: 'ok' | 'error') =>
      metrics.asked(dependency, outcome, (performance.now() - since) / 1_000);
    answer.then(
      () => tell('ok'),
      (error) => tell(isAnswer(error) ? 'ok' : 'error'),
    );
    return answer;
  };
}

/** Any problem but this one says that the store works. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Problem && error.kind.name !== 'unavailable';
}

function timedChannel(channel: Channel, metrics: Metrics): Channel {
  return {
    ...channel,
    async deliver(message) {
      const since = performance.now();
      const done = await channel.deliver(message);
      const outcome = done.delivery === 'accepted' ? 'ok' : 'error';
      metrics.asked(channel.provider, outcome, (performance.now() - since) / 1_000);
      return done;
    },
  };
}
