import type { Fault } from './history.ts';

/** Something that can be broken, and mended again. */
export type Breakage = Pick<Fault, 'kind' | 'name'> & {
  weight: number;
  /** For how long it stays broken, in milliseconds. */
  lasts: readonly [least: number, most: number];
  forgets?: boolean;
  /** Breaks it. Resolves to what mends it, which resolves once it is mended. */
  begin(): Promise<Mend> | Mend;
};

/** May resolve to what has to be waited for before anything else is broken. */
export type Mend = (() => Promise<Rest> | Rest) & { replica?: number };

type Rest = void | (() => Promise<void>);

/** What is broken and mended at once. */
export const atOnce = [0, 0] as const;

/** Long enough for every time limit to be met, short enough for people to come back. */
export const aWhile = [1_500, 4_500] as const;
