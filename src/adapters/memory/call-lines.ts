import type { CallLines, LineCall } from '../../domain/ports.ts';

type Stage = 'waiting' | 'placing' | { callId: string };
type Line = { owner: string; calls: Map<string, Stage>; until: number };

/** Who calls which number, in the memory of one process, for trying out. */
export function memoryCallLines({ now }: { now: () => number }): CallLines {
  const lines = new Map<string, Line>();

  /** The line when the owner may have it, else how long another has it. */
  function lineFor({ number, owner, outranks }: LineCall, at: number): Line | number {
    forgetOver(lines, at);
    const line = lines.get(number) ?? { owner, calls: new Map(), until: 0 };
    if (line.owner !== owner && line.owner !== outranks) return line.until - at;
    line.owner = owner;
    lines.set(number, line);
    return line;
  }

  return {
    async join(call, { holdMs, lifeMs }) {
      const at = now();
      const line = lineFor(call, at);
      if (typeof line === 'number') return { state: 'busy', leftMs: line };
      const waits = olderThan(line.calls, call.codeId).length > 0;
      line.calls.set(call.codeId, waits ? 'waiting' : 'placing');
      line.until = Math.max(line.until, at + (waits ? holdMs : lifeMs));
      return { state: waits ? 'joined' : 'taken' };
    },
    async take(call, lifeMs) {
      const at = now();
      const line = lineFor(call, at);
      if (typeof line === 'number') return null;
      line.calls.set(call.codeId, 'placing');
      line.until = Math.max(line.until, at + lifeMs);
      return endOthers(line.calls, call.codeId);
    },
    async name({ number, codeId }, callId) {
      forgetOver(lines, now());
      const calls = lines.get(number)?.calls;
      if (!calls?.has(codeId)) return false;
      calls.set(codeId, { callId });
      return true;
    },
    async leave({ number, codeId }) {
      const calls = lines.get(number)?.calls;
      calls?.delete(codeId);
      if (calls?.size === 0) lines.delete(number);
    },
  };
}

function olderThan(calls: Map<string, Stage>, codeId: string): [string, Stage][] {
  return [...calls].filter(([id, stage]) => id !== codeId && stage !== 'waiting');
}

/** Removes all other placed calls from the line, and returns their names. */
function endOthers(calls: Map<string, Stage>, codeId: string): string[] {
  const older = olderThan(calls, codeId);
  for (const [id] of older) calls.delete(id);
  return older.flatMap(([, stage]) => (typeof stage === 'object' ? stage.callId : []));
}

function forgetOver(lines: Map<string, Line>, at: number): void {
  for (const [number, { until }] of lines) {
    if (until <= at) lines.delete(number);
  }
}
