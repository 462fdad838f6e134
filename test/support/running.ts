import type { Server } from './server-process.ts';

/** What the run's set-up started and its end has to stop. */
export const running: Server[] = [];
