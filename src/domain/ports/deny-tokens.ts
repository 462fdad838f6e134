import type { CodeRef } from './channel.ts';

/** What a push carries for its button "it was not me". */
export interface DenyTokens {
  make(ref: CodeRef): string;
  /** @returns the code that came with it. Null for a token that is not ours. */
  read(token: string): CodeRef | null;
}
