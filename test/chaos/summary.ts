import { checks } from './checks/index.ts';
import type { History, Violation } from './history.ts';

/** What a round came to, in lines to read. */
export function summary(history: History): string[] {
  const { calls, messages, faults } = history;
  const attempts = calls.flatMap((call) => call.attempts);
  const statuses = attempts.map(({ answer }) => String(answer?.status ?? 'lost'));
  const replays = attempts.filter(({ replayed }) => replayed).length;
  const [stalls, broken] = [true, false].map((machine) =>
    faults.filter(({ kind }) => (kind === 'machine') === machine),
  );
  return [
    `${calls.length} operations in ${attempts.length} requests, ${replays} answered by a kept answer`,
    `operations: ${counted(calls.map(({ op }) => op))}`,
    `answers: ${counted(statuses)}`,
    `problems: ${counted(attempts.flatMap(({ answer }) => answer?.body['type']?.slice(10) ?? []))}`,
    `codes: ${counted(messages.map(({ via }) => via))}`,
    `faults: ${broken?.length} (${counted((broken ?? []).map(({ name }) => name))})`,
    `the machine was too busy ${stalls?.length} times`,
    times(history),
  ];
}

export function verdicts(findings: Violation[], names = Object.keys(checks)): string[] {
  return names.map((name) => {
    const count = findings.filter(({ check }) => check === name).length;
    return `${count === 0 ? 'holds' : `BROKEN, ${count} times`}: ${name}`;
  });
}

function counted(names: string[]): string {
  const groups = [...Map.groupBy(names, (name) => name)];
  const sorted = groups.sort(([, a], [, b]) => b.length - a.length);
  return sorted.map(([name, all]) => `${name} ${all.length}`).join(', ') || 'none';
}

/** How long answers took, those apart that are held on purpose or by a frozen replica or provider. */
function times({ calls, faults }: History): string {
  const plain = calls.filter(({ op }) => op !== 'wait').flatMap(({ attempts }) => attempts);
  const during = (kinds: string[]) =>
    plain.filter(
      ({ answer, startedAt, endedAt }) =>
        answer &&
        faults.some(
          ({ kind, from, to }) => kinds.includes(kind) && from <= endedAt && startedAt <= to,
        ),
    );
  const delayed = new Set(during(['replica', 'provider']));
  const stores = during(['redis', 'postgres']).filter((attempt) => !delayed.has(attempt));
  const all = plain.filter((attempt) => attempt.answer && !delayed.has(attempt));
  return `ms (half, 99 %, longest): ${spread(all)}; while a store is broken ${spread(stores)}`;
}

function spread(attempts: { startedAt: number; endedAt: number }[]): string {
  const sorted = attempts.map((one) => one.endedAt - one.startedAt).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, sorted.length * share) | 0] ?? 0;
  return `${at(0.5)}, ${at(0.99)}, ${at(1)}`;
}
