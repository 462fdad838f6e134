import type { CallLines, LineCall } from '../../domain/ports.ts';

type Stage = 'waiting' | 'placing' | { callId: string };
type Line = { owner: string; calls: Map<string, Stage>; until: number };

/** Who calls which number, in the memory of one process, for trying out. */
export function memoryCallLines({ now }: { now: () => number }): CallLines {
  const lines = new Map<string, Line>();

  function hold({ number, owner, codeId }: LineCall, stage: Stage, lifeMs: number): number | null {
    const at = now();
    forgetOver(lines, at);
    const line = lines.get(number) ?? { owner, calls: new Map(), until: 0 };
    if (line.owner !== owner) return line.until - at;
    line.calls.set(codeId, stage);
    line.until = Math.max(line.until, at + lifeMs);
    lines.set(number, line);
    return null;
  }

  return {
    join: async (call, holdMs) => hold(call, 'waiting', holdMs),
    async take(call, lifeMs) {
      if (hold(call, 'placing', lifeMs) !== null) return null;
      return endOthers(lines.get(call.number)?.calls ?? new Map(), call.codeId);
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

/** Removes all other placed calls from the line, and returns their names. */
function endOthers(calls: Map<string, Stage>, codeId: string): string[] {
  const older = [...calls].filter(([id, stage]) => id !== codeId && stage !== 'waiting');
  for (const [id] of older) calls.delete(id);
  return older.flatMap(([, stage]) => (typeof stage === 'object' ? stage.callId : []));
}

function forgetOver(lines: Map<string, Line>, at: number): void {
  for (const [number, { until }] of lines) {
    if (until <= at) lines.delete(number);
  }
}
