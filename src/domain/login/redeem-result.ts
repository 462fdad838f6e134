import { randomUUID } from 'node:crypto';
import { type EntryFor, toUser } from '../audit/audit.ts';
import type { ChallengeRef } from '../challenge/challenge.ts';
import type { Deps, DeviceOffer } from '../ports.ts';
import { Problem } from '../problems.ts';
import { deviceTokenHash, newDeviceToken, type TokenOwner } from '../secrets/device-token.ts';
import { tellDevices } from '../sending/tell-devices.ts';

type Redemption = {
  /** The token's `jti`. Its text could be changed and still verify. */
  resultId: string;
  client: string;
  app: string;
  /** A result of another purpose is not used up. */
  purpose: string;
  attemptId: string;
  /** Whether the browser or app is remembered. Null: if it was recognized, or the user ticked it. */
  remember: boolean | null;
};

export type DeviceToken = { token: string; expiresAt: Date };

type RedeemDeps = Pick<Deps, 'outcomes' | 'challenges' | 'users' | 'channels' | 'log'>;

/** Redeems a result, once. @returns a token for a known device. @throws Problem `result-invalid` or `…-already-redeemed`. */
export async function redeemResult(
  deps: RedeemDeps,
  ref: ChallengeRef,
  { client, app, remember, ...redemption }: Redemption,
): Promise<DeviceToken | null> {
  const { id: challengeId, organizationId, userId } = ref;
  const result = { challengeId, organizationId, userId, client, ...redemption };
  const { token, ...made } = newToken({ organizationId, userId, client });
  const entryFor = entryOf(ref, { client, app });
  const { outcome, device } = await deps.outcomes.redeem(result, { ...made, remember, entryFor });
  if (outcome === 'invalid') throw new Problem('result-invalid');
  if (outcome === 'already-redeemed') throw new Problem('result-already-redeemed');
  // Nobody waits for it: PostgreSQL has the truth.
  deps.challenges.hideResult(ref, redemption.attemptId).catch((err: unknown) => {
    deps.log.warn({ err, challengeId: ref.id }, 'not noted as redeemed');
  });
  if (device?.isNew) tellOfNewDevice(deps, ref, app);
  return device && { token, expiresAt: device.expiresAt };
}

function newToken(owner: TokenOwner): Pick<DeviceOffer, 'hash' | 'deviceId'> & { token: string } {
  const token = newDeviceToken();
  const hash = deviceTokenHash(owner, token);
  if (!hash) throw new Error('not a token of ours');
  return { token, hash, deviceId: randomUUID() };
}

function entryOf(ref: ChallengeRef, from: { client: string; app: string }): EntryFor {
  const challengeId = ref.id;
  return (type, details) => ({
    ...toUser(ref, type, details),
    ...from,
    actor: ref.userId,
    challengeId,
  });
}

/** In the background: the result is redeemed. */
function tellOfNewDevice(deps: RedeemDeps, ref: ChallengeRef, app: string): void {
  deps.users.load(ref).then(
    (user) => tellDevices(deps, user, { about: 'known-device-added', hint: app }),
    (err: unknown) => deps.log.warn({ err }, 'the devices could not be told of a change'),
  );
}
