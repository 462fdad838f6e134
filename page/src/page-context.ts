import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ChallengeBody } from './api.ts';
import { Words } from './messages.ts';
import { nothingKnown, type Session, type State } from './session.ts';
import { noTheme, type ThemeBody } from './theme.ts';

type Page = { state: State; session: Session; words: Words; theme: ThemeBody };

const nobody: Session = { act: async () => null, forgetProblem: () => {} };

export const PageContext = createContext<Page>({
  state: nothingKnown,
  session: nobody,
  words: new Words('en'),
  theme: noTheme,
});

export const usePage = () => useContext(PageContext);

/** For what is drawn only while there is a challenge. */
export function useChallenge(): Page & { challenge: ChallengeBody } {
  const page = usePage();
  if (!page.state.challenge) throw new Error('no challenge to draw');
  return { ...page, challenge: page.state.challenge };
}

/** Whole seconds until a time of the service, drawn anew each second. 0 when it is past or null. */
export function useSecondsUntil(time: string | null | undefined): number {
  const { clockMs } = usePage().state;
  const secondsLeft = () => {
    const ms = time ? Date.parse(time) - (Date.now() + clockMs) : 0;
    return Math.max(0, Math.ceil(ms / 1000));
  };
  const [, redraw] = useState(0);
  const left = secondsLeft();
  useEffect(() => {
    if (left === 0) return;
    const timer = setInterval(() => redraw((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [left === 0, time]);
  return left;
}
