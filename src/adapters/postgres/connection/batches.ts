/**
 * Takes a step again and again, for as long as it finds a full batch to do. In small steps nothing
 * is locked for long, each stays within the time limit of a statement, and what is done stays done.
 */
export async function inBatches(
  size: number,
  step: (size: number) => Promise<number>,
): Promise<void> {
  while ((await step(size)) >= size);
}
