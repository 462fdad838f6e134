import { startedServers } from './started-servers.ts';

export default async function globalTeardown(): Promise<void> {
  await Promise.all(startedServers.splice(0).map((server) => server.stop()));
}
