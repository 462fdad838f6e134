import { strangersLane } from '../challenge/challenge.ts';
import type { UserKey } from '../people.ts';
import type { Budget, Deps } from '../ports.ts';
import { day, minute } from '../time.ts';
import { laneOwner } from './subjects.ts';

/** Denials that may count at once. Each holds back codes for its whole time. */
const maxDenials = 1_000;

export const laneDenialName = 'denied';

/** "No code there for 15 minutes": full while it lasts. Other lanes end with their device. */
export function laneDenial(owner: ReturnType<typeof laneOwner>): Budget {
  return held({ name: laneDenialName, ...owner }, 15 * minute);
}

/** "For a day the number gets no call to confirm it." @param line the hashed number. */
export function numberDenial(line: string): Budget {
  return held({ name: 'denied-number', subject: line }, day);
}

function held(budget: Omit<Budget, 'windows'>, windowMs: number): Budget {
  return { ...budget, windows: [{ limit: 1, windowMs }], readOnly: true };
}

export async function holdLane(
  deps: Pick<Deps, 'fingerprint' | 'quotas'>,
  user: UserKey,
  lane: string,
  denialId: string,
): Promise<void> {
  if (lane === strangersLane) await hold(deps, laneDenial(laneOwner(deps, user, lane)), denialId);
}

export async function holdNumber(
  deps: Pick<Deps, 'quotas'>,
  line: string,
  denialId: string,
): Promise<void> {
  await hold(deps, numberDenial(line), denialId);
}

async function hold(
  { quotas }: Pick<Deps, 'quotas'>,
  { windows, readOnly: _, ...budget }: Budget,
  denialId: string,
): Promise<void> {
  const many = windows.map(({ windowMs }) => ({ limit: maxDenials, windowMs }));
  await quotas.take([{ ...budget, windows: many }], denialId);
}
