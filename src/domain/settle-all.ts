type Settled<T extends readonly unknown[]> = {
  /** Null in place of what failed. */
  values: { -readonly [I in keyof T]: Awaited<T[I]> | null };
  /** The first. */
  failure: PromiseRejectedResult | undefined;
};

/** Waits for all, whatever becomes of each. */
export async function settleAll<T extends readonly unknown[] | []>(all: T): Promise<Settled<T>> {
  const outcomes = await Promise.allSettled<unknown>([...all]);
  const values = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : null));
  const failure = outcomes.find((one) => one.status === 'rejected');
  return { values: values as Settled<T>['values'], failure };
}
