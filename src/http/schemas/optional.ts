import type { FastifyRequest } from 'fastify';

/** An unreadable value (`read` gives null) is ignored and logged by name: it must not stop a login. */
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
