import { randomBytes } from 'node:crypto';
import { sealing } from '../../src/adapters/sealing.ts';

/** Secrets of a test where it does not matter which. */
export const testSecrets = [{ kid: 'test', bytes: randomBytes(32) }] as const;

export const testSealing = sealing(testSecrets);
