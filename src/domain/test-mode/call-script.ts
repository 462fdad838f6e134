import type { DeliveryState } from '../challenge/challenge.ts';
import { second } from '../time.ts';

/** Milliseconds after the code was sent. */
export type CallStep = { afterMs: number } & ({ delivery: DeliveryState } | { key: string });

const spokenMs = 10 * second;
const rings: CallStep = { afterMs: second, delivery: 'ringing' };

function answered(afterMs: number, key: string | null): CallStep[] {
  return [
    rings,
    { afterMs, delivery: 'answered' },
    ...(key === null ? [] : [{ afterMs, key }]),
    { afterMs: afterMs + spokenMs, delivery: 'completed' },
  ];
}

const soon = answered(2 * second, '1');

/** By the last digit but one of the number. Null: the provider is down. */
const scripts: readonly (readonly CallStep[] | null)[] = [
  soon,
  soon,
  soon,
  [{ afterMs: second, delivery: 'busy' }],
  [rings, { afterMs: 25 * second, delivery: 'no-answer' }],
  null,
  answered(20 * second, '1'),
  answered(20 * second, null),
  answered(2 * second, '9'),
];

/** What happens to a call to a test number, in order. Null: it cannot be placed. */
export function callScript(number: string): readonly CallStep[] | null {
  return scripts[Number(number.at(-2))] ?? null;
}
