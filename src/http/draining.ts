import { second } from '../domain/time.ts';
import type { App } from './route.ts';

/** The time limit for a request to arrive. */
export const arrivalMs = 10 * second;

/** While the service stops, no caller sends a request on a connection that is about to close. */
export function drainConnections(app: App, stopping: AbortSignal): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping.aborted) reply.header('connection', 'close');
    done();
  });
}

/** Stops listening and answers open requests. Closes idle connections. */
export async function closeServer(app: App): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), arrivalMs);
  await app.close();
  clearTimeout(cut);
}
