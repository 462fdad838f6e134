import { randomBytes } from 'node:crypto';
import { sealing } from '../../src/adapters/sealing.ts';

/** What a test seals with where it does not matter with which secret. */
export const testSealing = sealing([{ kid: 'test', bytes: randomBytes(32) }]);
