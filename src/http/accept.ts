/** RFC 9110, section 12.5.1. The first of equals, or when none is acceptable. `offered`: in lower case. */
export function preferredType<Type extends string>(
  accept: string | undefined,
  offered: readonly [Type, ...Type[]],
): Type {
  const ranges = (accept ?? '*/*').split(',').map(readRange);
  const quality = (type: Type) => qualityOf(type, ranges);
  return offered.reduce((best, type) => (quality(type) > quality(best) ? type : best), offered[0]);
}

type Range = { range: string; q: number };

function readRange(text: string): Range {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
  const q = weight ? Number(weight.replace(/^q\s*=\s*/, '')) : 1;
  return { range, q: q >= 0 && q <= 1 ? q : 0 };
}

/** The most specific matching range decides. */
function qualityOf(type: string, ranges: Range[]): number {
  const [group] = type.split('/');
  for (const pattern of [type, `${group}/*`, '*/*']) {
    const matching = ranges.filter(({ range }) => range === pattern);
    if (matching.length > 0) return Math.max(...matching.map(({ q }) => q));
  }
  return 0;
}
