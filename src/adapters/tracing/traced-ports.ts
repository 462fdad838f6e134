import type { Channel, Deps, Tracing } from '../../domain/ports.ts';
import { postgresql } from '../metrics/measured.ts';

type Traced = Pick<Deps, (typeof postgresql)[number] | 'channels'>;

/** The same ports, with a span for each call to PostgreSQL and each delivery. ioredis tells of its commands itself. */
export function traced<Ports extends Traced>(ports: Ports, tracing: Tracing | null): Ports {
  if (!tracing) return ports;
  const queries = postgresql.map((name) => [name, tracedPort(name, ports[name], tracing)]);
  const channels = [...ports.channels].map(
    ([method, channel]) => [method, tracedChannel(channel, tracing)] as const,
  );
  return { ...ports, ...Object.fromEntries(queries), channels: new Map(channels) };
}

type Call = (...args: unknown[]) => unknown;

function tracedPort(name: string, port: object, tracing: Tracing): object {
  const calls = Object.entries(port as Record<string, Call>).map(([method, call]) => {
    const query: Call = (...args) => tracing.query(`${name}.${method}`, () => call(...args));
    return [method, query];
  });
  return Object.fromEntries(calls);
}

function tracedChannel(channel: Channel, tracing: Tracing): Channel {
  return {
    ...channel,
    deliver: (message) => tracing.delivery(channel.provider, () => channel.deliver(message)),
  };
}
