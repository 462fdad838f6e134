import { randomUUID } from 'node:crypto';
import { inChallenge } from '../audit/audit.ts';
import type { Challenge, Refusal } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { refOf, updateChallenge } from '../challenge/open-challenge.ts';
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
const once = { name: 'refusal', windows: [{ limit: 1, windowMs: 10 * minute }] };

/** Refusals that a screen shows, also after a reload. */
const shown: readonly Refusal['reason'][] = [
  'too-many-requests',
  'destination-not-allowed',
  'no-device',
];

export type RefusalDeps = Pick<Deps, 'challenges' | 'trail' | 'quotas' | 'metrics' | 'log'>;

/** `target` is null when the refusal came before the choice of a factor. */
export async function recordingRefusals<T>(
  deps: RefusalDeps,
  challenge: Challenge,
  target: () => Target | null,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const reason = error instanceof Problem ? error.kind.name : null;
    if (error instanceof Problem && reason && counted.includes(reason)) {
      const method = target()?.method ?? null;
      deps.metrics.sendingRefused(method ?? 'none', reason);
      const recordings = [
        record(deps, challenge, { method, reason }),
        show(deps, challenge, error, target()),
      ];
      for (const one of await Promise.allSettled(recordings))
        if (one.status === 'rejected')
          deps.log.warn(
            { err: one.reason, challengeId: challenge.id },
            'a refusal was not recorded',
          );
    }
    throw error;
  }
}

async function show(
  deps: Pick<Deps, 'challenges'>,
  challenge: Challenge,
  { kind, extra }: Problem,
  target: Target | null,
): Promise<void> {
  const reason = shown.find((name) => name === kind.name);
  const snapshot = reason ? await deps.challenges.read(refOf(challenge)) : null;
  if (!reason || !snapshot) return;
  await updateChallenge(deps, snapshot, ({ challenge: { outcome }, now }) => {
    const retryAt = reason === 'too-many-requests' ? now + (extra.retryAfterMs ?? 0) : null;
    return outcome ? null : { refusal: { reason, retryAt, factorId: target?.id ?? null } };
  });
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
