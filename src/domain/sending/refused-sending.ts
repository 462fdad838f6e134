import { randomUUID } from 'node:crypto';
import { inChallenge } from '../audit/audit.ts';
import type { Challenge } from '../challenge/challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem, type ProblemName } from '../problems.ts';
import { minute } from '../time.ts';

/** Refusals that are recorded. A button pressed too early is only counted. */
const recorded: readonly ProblemName[] = [
  'too-many-requests',
  'destination-not-allowed',
  'no-device',
  'locked',
];
const counted: readonly ProblemName[] = [...recorded, 'resend-too-early'];

/** One entry per challenge and reason: repeats must not fill the trail. */
const once = { name: 'refusal', limit: 1, windowMs: 10 * minute };

export type RefusalDeps = Pick<Deps, 'trail' | 'quotas' | 'metrics' | 'log'>;

/** `method` is null when the refusal came before the choice of a factor. */
export async function recordingRefusals<T>(
  deps: RefusalDeps,
  challenge: Challenge,
  method: () => string | null,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const reason = error instanceof Problem ? error.kind.name : null;
    if (reason && counted.includes(reason)) {
      deps.metrics.sendingRefused(method() ?? 'none', reason);
      await record(deps, challenge, { method: method(), reason }).catch((err: unknown) =>
        deps.log.warn({ err, challengeId: challenge.id }, 'a refusal was not recorded'),
      );
    }
    throw error;
  }
}

async function record(
  { trail, quotas, log }: RefusalDeps,
  challenge: Challenge,
  details: { method: string | null; reason: ProblemName },
): Promise<void> {
  log.info({ challengeId: challenge.id, ...details }, 'sending refused');
  if (!recorded.includes(details.reason)) return;
  const subject = `${challenge.id} ${details.reason}`;
  const waitMs = await quotas.take([{ ...once, subject }], randomUUID());
  if (waitMs === null) await trail.record(inChallenge(challenge, 'sending.refused', details));
}
