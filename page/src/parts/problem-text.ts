import type { Words } from '../messages.ts';
import { usePage, useSecondsUntil } from '../page-context.ts';
import type { Problem, State } from '../session.ts';

/** What the challenge shows by itself: attempts that are left, an end, a code that is gone. */
const drawn: ReadonlySet<string> = new Set([
  'code-incorrect',
  'attempts-exhausted',
  'challenge-finished',
]);

/** What went wrong with the last thing that the user did. Empty when nothing did. */
export function useProblemText(): string {
  const { state, words } = usePage();
  return textOf(state.problem, words);
}

function textOf(problem: State['problem'], words: Words): string {
  if (!problem) return '';
  if (problem === 'lost') return words.say('problem.lost');
  if (drawn.has(problem.name) || isLockedScreen(problem)) return '';
  return describe(problem, words);
}

/** An edit goes on while a lock stops its codes: only then it needs words. */
function isLockedScreen({ name, body }: Problem): boolean {
  return name === 'locked' && body.challenge?.status === 'locked';
}

function describe({ name, retryAfterMs }: Problem, words: Words): string {
  const time = words.duration((retryAfterMs ?? 1000) / 1000);
  if (name === 'too-many-requests') return words.say('problem.too-many-requests', { time });
  if (name === 'locked') return words.say('problem.locked', { time });
  if (name === 'resend-too-early') return words.say('problem.resend-too-early', { time });
  return words.sayAny(`problem.${name}`, 'problem.unknown');
}

/** `You can ask for a new code in 26 seconds.` Empty when that time is over. */
export function useRetryText(retryAt: string | null | undefined): string {
  const { words } = usePage();
  const seconds = useSecondsUntil(retryAt);
  return seconds > 0 ? words.say('retry.in', { time: words.duration(seconds) }) : '';
}
