import type { CodeRef } from '../domain/ports.ts';

/** A code as addresses and tokens name it, before they are sealed. */
export function writeRef({ challenge, codeId, line, confirms }: CodeRef): string {
  const { organizationId, userId, id } = challenge;
  return JSON.stringify([organizationId, userId, id, codeId, line, ...(confirms ? [1] : [])]);
}

/** Null for what is no such name. */
export function readRef(text: string): CodeRef | null {
  const [organizationId, userId, id, codeId, line = null, confirms] = JSON.parse(text);
  if (!organizationId || !userId || !id || !codeId) return null;
  return { challenge: { organizationId, userId, id }, codeId, line, confirms: confirms === 1 };
}
