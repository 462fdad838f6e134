import type { DenyTokens } from '../domain/ports.ts';
import { readRef, writeRef } from './code-ref.ts';
import type { Sealing } from './sealing.ts';

const place = ['push', 'deny'] as const;

/** Sealed, so that nobody makes one and nobody reads whose it is. */
export function denyTokens({ seal, open }: Sealing): DenyTokens {
  return {
    make: (ref) => seal(writeRef(ref), place),
    read(token) {
      try {
        return isWritten(token) ? readRef(open(token, place)) : null;
      } catch {
        return null;
      }
    },
  };
}

/** One token has one spelling. */
function isWritten(token: string): boolean {
  const [, value = ''] = /^[\w-]+\.\d+\.([\w-]+)$/.exec(token) ?? [];
  return value !== '' && Buffer.from(value, 'base64url').toString('base64url') === value;
}
