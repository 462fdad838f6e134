/** Chances that a seed repeats. */
export type Chances = ReturnType<typeof chances>;

/** Mulberry32: small, and even enough for choosing what to do next. */
export function chances(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    between: (least: number, most: number) => least + below(most - least + 1),
    happens: (probability: number) => next() < probability,
    oneOf: <T>(items: readonly T[]): T => items[below(items.length)] as T,
    /** One of them, each as likely as its weight says. */
    weighted<T extends { weight: number }>(items: readonly T[]): T {
      let left = next() * items.reduce((sum, { weight }) => sum + weight, 0);
      for (const item of items) {
        left -= item.weight;
        if (left < 0) return item;
      }
      return items.at(-1) as T;
    },
    /** So many decimal digits. */
    digits: (length: number) => String(below(10 ** length)).padStart(length, '0'),
  };
}
