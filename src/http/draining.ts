import { second } from '../domain/time.ts';
import type { App } from './route.ts';

/** How long a request may take to arrive. */
export const arrivalMs = 10 * second;

/**
 * Once the service stops, every answer ends its connection: by the time sockets are closed, no
 * caller keeps one on which their next request would be lost.
 */
export function drainConnections(app: App, stopping: AbortSignal): void {
  app.addHook('onSend', async (_request, reply) => {
    if (stopping.aborted) reply.header('connection', 'close');
  });
}

/** Listens no more, and answers what was asked. A connection on which nobody asks holds nothing up. */
export async function closeServer(app: App): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), arrivalMs);
  await app.close();
  clearTimeout(cut);
}
