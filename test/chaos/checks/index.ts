import type { History, Violation } from '../history.ts';
import { answers, slowness } from './answers.ts';
import { denied } from './denied.ts';
import { factors } from './factors.ts';
import { live } from './live.ts';
import { looks } from './looks.ts';
import { once } from './once.ts';
import { recorded } from './recorded.ts';
import { replays } from './replays.ts';
import { sendings } from './sendings.ts';

/** What must hold during any fault. Each check returns its violations. */
export const checks: Record<string, (history: History) => Violation[]> = {
  once,
  replays,
  looks,
  live,
  sendings,
  answers,
  factors,
  recorded,
  denied,
};

/** The same, and that nobody waits long: for a machine that has nothing else to do. */
export const strictChecks: typeof checks = { ...checks, slowness };
