import type { Sealing } from '../sealing.ts';

const seedBytes = 16;
const place = ['challenge', 'id'] as const;

/** 32 bytes: a seed, and the slot of the user's keys, which only our secrets uncover. An id names nobody. */
const form = /^[\w-]{43}$/;

/** Ids from which Redis finds a challenge, without a key for that. */
export function challengeIds(sealing: Sealing) {
  const masks = (seed: Buffer) =>
    sealing.hashes(seed.toString('hex'), place).map((hash) => Buffer.from(hash, 'base64url'));
  return {
    /** @param slot 16 bytes in base64url. @param seed a UUID. */
    idIn(slot: string, seed: string): string {
      const bytes = Buffer.from(seed.replaceAll('-', ''), 'hex');
      const covered = xor(Buffer.from(slot, 'base64url'), masks(bytes)[0]);
      return Buffer.concat([bytes, covered]).toString('base64url');
    },
    /** The slot that each of our secrets uncovers: one is right, if the id is ours. */
    slotsOf(id: string): string[] {
      if (!form.test(id)) return [];
      const bytes = Buffer.from(id, 'base64url');
      const covered = bytes.subarray(seedBytes);
      return masks(bytes.subarray(0, seedBytes)).map((mask) =>
        xor(covered, mask).toString('base64url'),
      );
    },
  };
}

function xor(bytes: Buffer, mask: Buffer | undefined): Buffer {
  return Buffer.from(bytes.map((byte, i) => byte ^ (mask?.[i] ?? 0)));
}
