import fc, { type Arbitrary } from 'fast-check';
import { anything, oddNames } from './values.ts';

/** One change to a value, so that it is nearly what was asked for. */
export type Mutation =
  | { what: 'replace'; at: number; by: unknown }
  | { what: 'remove'; at: number }
  | { what: 'add'; at: number; name: string; value: unknown }
  | { what: 'wrap'; at: number };

const at = fc.nat(20);

export const mutations: Arbitrary<Mutation> = fc.oneof(
  fc.record({ what: fc.constant('replace' as const), at, by: anything }),
  fc.record({ what: fc.constant('remove' as const), at }),
  fc.record({ what: fc.constant('add' as const), at, name: oddNames, value: anything }),
  fc.record({ what: fc.constant('wrap' as const), at }),
);

/** Where a value sits: its holder and the name it has there. */
type Place = [holder: Record<string, unknown>, name: string];

/** @returns the value with the change made; `at` counts its places, round and round. */
export function mutate(value: unknown, mutation: Mutation): unknown {
  const root = { '': structuredClone(value) };
  const places = placesIn(root);
  const [holder, name] = places[mutation.at % places.length] as Place;
  if (mutation.what === 'replace') holder[name] = mutation.by;
  if (mutation.what === 'remove') delete holder[name];
  if (mutation.what === 'wrap') holder[name] = [holder[name]];
  if (mutation.what === 'add') add(root, mutation);
  return root[''];
}

function add(root: { '': unknown }, { at, name, value }: Mutation & { what: 'add' }): void {
  const objects = [root, ...placesIn(root).map(([holder, key]) => holder[key])].filter(isObject);
  const holder = objects[1 + (at % Math.max(1, objects.length - 1))];
  // Also where the name is __proto__, which an assignment would not make a field.
  if (holder)
    Object.defineProperty(holder, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

function placesIn(holder: Record<string, unknown>): Place[] {
  return Object.entries(holder).flatMap(([name, value]) => [
    [holder, name],
    ...(isObject(value) ? placesIn(value) : []),
  ]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
