import type { FastifyRequest } from 'fastify';

/**
 * Reads something optional that a caller sent. What cannot be read is left out and logged by name,
 * never refused: it must not stop a login.
 *
 * @param read null when it cannot be read.
 */
export function readOptional<In, Out>(
  { log }: FastifyRequest,
  name: string,
  value: In | null | undefined,
  read: (value: In) => Out | null,
): Out | null {
  if (value === null || value === undefined) return null;
  const result = read(value);
  if (result === null) log.info({ field: name }, 'left out: it cannot be read');
  return result;
}
