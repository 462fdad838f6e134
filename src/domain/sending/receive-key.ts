import { updateChallenge } from '../challenge/open-challenge.ts';
import type { Deps, KeyPress } from '../ports.ts';

/** The first key starts the code's time; later ones repeat it. @returns the next words, in the provider's form. */
export async function receiveKey(
  deps: Pick<Deps, 'challenges' | 'settings'>,
  { ref, wanted, answers, at }: KeyPress,
): Promise<string> {
  if (!wanted) return answers.question;
  const snapshot = await deps.challenges.read(ref.challenge);
  if (!snapshot) return answers.end;
  const { challenge, now } = await updateChallenge(deps, snapshot, (current) => {
    const { code } = current.challenge;
    if (code?.id !== ref.codeId) return null;
    const expiresAt = Math.min(code.expiresAt, (at ?? current.now) + deps.settings.codeTtlMs);
    return expiresAt < code.expiresAt ? { code: { ...code, expiresAt } } : null;
  });
  const { code, outcome } = challenge;
  const alive = !outcome && code?.id === ref.codeId && now < code.expiresAt;
  return alive && code.sealed ? answers.code(code.sealed) : answers.end;
}
