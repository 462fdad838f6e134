import { inChallenge } from '../audit/audit.ts';
import type { Challenge, Code } from '../challenge/challenge.ts';
import { isOver, isUnheard, movedOn } from '../challenge/delivery-report.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import type { DeliveryReport, Deps } from '../ports.ts';
import { type HangUpDeps, hangUp } from './hang-up.ts';

export type ReportDeps = HangUpDeps & Pick<Deps, 'challenges' | 'lines' | 'settings' | 'trail'>;

/** Also hangs up a call for another code, and frees the line when a call has ended. */
export async function receiveReport(
  deps: ReportDeps,
  method: string,
  report: DeliveryReport,
): Promise<void> {
  const { ref, callId, delivery } = report;
  if (ref.line && isOver(delivery)) {
    await deps.lines.leave({ number: ref.line, codeId: ref.codeId });
  }
  const snapshot = await deps.challenges.read(ref.challenge);
  if (!snapshot) return hangUp(deps, { method, callId, delivery });
  const { codeTtlMs, callKeyFirst } = deps.settings;
  let moved: Code | null = null;
  const { challenge } = await updateChallenge(deps, snapshot, ({ challenge: { code }, now }) => {
    const inPlay = code?.id === ref.codeId ? code : null;
    const news = { callId, delivery, now: report.at ?? now, codeTtlMs, callKeyFirst };
    moved = inPlay && movedOn(inPlay, news);
    return moved && { code: moved };
  });
  if (challenge.code?.id !== ref.codeId) hangUp(deps, { method, callId, delivery });
  if (moved) await recordUnheard(deps, challenge, moved);
}

async function recordUnheard(deps: ReportDeps, challenge: Challenge, code: Code): Promise<void> {
  const { method, hint, delivery } = code;
  deps.log.info({ challengeId: challenge.id, method, delivery }, 'news of a call');
  if (!isUnheard(delivery)) return;
  const provider = deps.channels.get(method)?.provider ?? null;
  const details = { method, hint, provider, delivery };
  await deps.trail.record(inChallenge(challenge, 'code.failed', details));
}
