import { running } from './running.ts';

export default async function globalTeardown(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.stop()));
}
