/** What one check found: a line for a person, which says what to do when it is not well. */
export type Finding = { well: boolean; line: string };

export const well = (line: string): Finding => ({ well: true, line });
export const ill = (line: string): Finding => ({ well: false, line });

/** Longer than this between two clocks, and logs cannot be read side by side. */
const maxSkewMs = 2_000;

/** @param of whose clock it is; `theirs` in milliseconds since 1970, asked within the last `tookMs`. */
export function clockFinding(of: string, theirs: number, tookMs: number): Finding {
  const skewMs = Math.abs(theirs - (Date.now() - tookMs / 2));
  const seconds = Math.round(skewMs / 1_000);
  return skewMs - tookMs / 2 <= maxSkewMs
    ? well(`the clocks here and of ${of} agree`)
    : ill(`the clock of ${of} differs by ${seconds} s: let NTP set both`);
}

/** Rejects when an answer takes longer than any check should. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer within 5 s')), 5_000);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** The reason, in one line. Node tells why a host with several addresses does not answer only inside. */
export function reasonOf(error: unknown): string {
  const { message, errors, code } = Object(error);
  const text = message || errors?.[0]?.message || code || String(error);
  return String(text).split('\n')[0] ?? '';
}
