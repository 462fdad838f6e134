import { randomUUID } from 'node:crypto';
import { inChallenge } from '../audit/audit.ts';
import type { Challenge, Refusal } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { refOf, updateChallenge } from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem, type ProblemName } from '../problems.ts';
import { minute } from '../time.ts';

/** A button pressed too early is only counted, the others are also recorded. */
const counted: readonly ProblemName[] = [
  'too-many-requests',
  'destination-not-allowed',
  'no-device',
  'locked',
  'resend-too-early',
];

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
    if (error instanceof Problem && counted.includes(error.kind.name)) {
      const reason = error.extra.denied ? 'denied' : error.kind.name;
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
  const reason = extra.denied ? 'denied' : shown.find((name) => name === kind.name);
  const snapshot = reason ? await deps.challenges.read(refOf(challenge)) : null;
  if (!reason || !snapshot) return;
  await updateChallenge(deps, snapshot, ({ challenge: { outcome }, now }) => {
    const { retryAfterMs } = extra;
    const retryAt = retryAfterMs === undefined ? null : now + retryAfterMs;
    return outcome ? null : { refusal: { reason, retryAt, factorId: target?.id ?? null } };
  });
}

async function record(
  { trail, quotas, log }: RefusalDeps,
  challenge: Challenge,
  details: { method: string | null; reason: ProblemName | 'denied' },
): Promise<void> {
  log.info({ challengeId: challenge.id, ...details }, 'sending refused');
  if (details.reason === 'resend-too-early') return;
  const subject = `${challenge.id} ${details.reason}`;
  const full = await quotas.take([{ ...once, subject }], randomUUID());
  if (full === null) await trail.record(inChallenge(challenge, 'sending.refused', details));
}
