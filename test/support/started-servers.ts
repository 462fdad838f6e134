import type { Server } from './server-process.ts';

/** The servers that the global set-up starts and the tear-down stops. */
export const startedServers: Server[] = [];
