import { timingSafeEqual } from 'node:crypto';

/** Whether a given text is the right one. Takes as long for any text of its length. */
export function isEqual(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
