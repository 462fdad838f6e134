import { call } from './call.ts';
import type { FactorKind } from './kind.ts';
import { push } from './push.ts';

/** Every kind of factor. A new one is a file in this folder and a name in this list. */
export const factorKinds: readonly FactorKind[] = [call, push];

// A Map: the method comes from a client and could be `__proto__`.
const byMethod = new Map(factorKinds.map((kind) => [kind.method, kind]));

export const methodNames = [...byMethod.keys()];

export function factorKind(method: string): FactorKind {
  const kind = byMethod.get(method);
  if (!kind) throw new Error(`no such kind of factor: ${method}`);
  return kind;
}
