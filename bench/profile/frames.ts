import type { Profiler } from 'node:inspector';

/** A function on the stack, with what it called. Times are shares of all that was not idle. */
export type Frame = { name: string; owner: string; self: number; total: number; below: Frame[] };

/** The calls of a CPU profile, from the top, without the time that the process was idle. */
export function framesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = new Map<number, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    if (isIdle(byId.get(id)?.callFrame)) continue;
    const time = Math.max(0, timeDeltas[index] ?? 0);
    times.set(id, (times.get(id) ?? 0) + time);
    busy += time;
  }
  const frameOf = (node: Profiler.ProfileNode): Frame => {
    const below = merged((node.children ?? []).flatMap((id) => byId.get(id) ?? []).map(frameOf));
    const self = (times.get(node.id) ?? 0) / busy;
    const total = below.reduce((sum, frame) => sum + frame.total, self);
    return { ...namesOf(node.callFrame), self, total, below };
  };
  return frameOf(nodes[0] as Profiler.ProfileNode);
}

/** Idle, or busy with the profile. */
function isIdle(frame?: { functionName: string; url: string }): boolean {
  return frame?.functionName === '(idle)' || frame?.url === 'node:inspector';
}

/** The same function at two places of one caller is one. */
function merged(frames: Frame[]): Frame[] {
  const groups = Map.groupBy(frames, ({ name, owner }) => `${owner} ${name}`);
  return [...groups.values()].map((same) => {
    const [first] = same as [Frame];
    if (same.length === 1) return first;
    const sum = (of: 'self' | 'total') => same.reduce((total, frame) => total + frame[of], 0);
    const below = merged(same.flatMap((frame) => frame.below));
    return { ...first, self: sum('self'), total: sum('total'), below };
  });
}

const natives: Record<string, string> = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'outside JavaScript',
};

function namesOf({ functionName, url }: { functionName: string; url: string }) {
  return { name: functionName || '(anonymous)', owner: natives[functionName] ?? ownerOf(url) };
}

/** Whose code it is: a package, Node, or the service. */
function ownerOf(url: string): string {
  if (url.includes('/generated/')) return '@prisma/client';
  const [, owner] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (owner) return owner;
  if (url.startsWith('node:') || url === '') return 'Node';
  return url.includes('/bench/') ? 'the bench' : 'Doublecheck';
}

/** The time of all functions, put together by what `of` says of each, largest first. */
export function shares(root: Frame, of: (frame: Frame, caller: string) => string): Shares {
  const found = new Map<string, number>();
  const visit = (frame: Frame, above: string) => {
    const caller = frame.owner === 'Node' ? above : frame.owner;
    const key = of(frame, caller);
    found.set(key, (found.get(key) ?? 0) + frame.self);
    for (const below of frame.below) visit(below, caller);
  };
  visit(root, 'Node');
  return [...found].sort(([, a], [, b]) => b - a);
}

type Shares = [words: string, share: number][];
