import { inChallenge } from '../audit/audit.ts';
import type { LoginContext } from '../challenge/challenge.ts';
import type { Deps } from '../ports.ts';
import { tellOfDevice } from '../sending/tell-devices.ts';

export type ActivationDeps = Pick<Deps, 'devices' | 'channels' | 'log'>;

/** The device at hand receives codes from now on; the others are told. */
export async function activateDevice(
  deps: ActivationDeps,
  { challenge, user }: LoginContext,
): Promise<void> {
  const { device } = challenge;
  if (!device) return;
  const change = await deps.devices.activate(user, device, (type, details) =>
    inChallenge(challenge, type, details),
  );
  tellOfDevice(deps, user, device, change);
}
