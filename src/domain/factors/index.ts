import { call } from './call.ts';
import type { FactorKind } from './kind.ts';
import { push } from './push.ts';

/** Every kind of factor there is: a new one is a file beside this one and a name in this list. */
export const factorKinds: readonly FactorKind[] = [call, push];

// A map, not an object's keys: the method comes from a client.
const byMethod = new Map(factorKinds.map((kind) => [kind.method, kind]));

export const methodNames = [...byMethod.keys()];

/** The kind a stored factor is of. */
export function factorKind(method: string): FactorKind {
  const kind = byMethod.get(method);
  if (!kind) throw new Error(`no such kind of factor: ${method}`);
  return kind;
}
