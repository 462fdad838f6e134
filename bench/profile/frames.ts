import type { Profiler } from 'node:inspector';
import { sum } from '../shared/statistics.ts';

/** A function on the stack, with what it called. Times are shares of all that was not idle. */
export type Frame = { name: string; owner: string; self: number; total: number; below: Frame[] };

/** Microseconds in each place on the stack, by its id: not those in which the process was idle, or busy with the profile. */
export function busyTimes({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): Map<number, number> {
  const idle = new Set(nodes.filter(({ callFrame }) => isIdle(callFrame)).map(({ id }) => id));
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    if (!idle.has(id)) times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  }
  return times;
}

function isIdle({ functionName, url }: { functionName: string; url: string }): boolean {
  return functionName === '(idle)' || url === 'node:inspector';
}

/** The calls of a CPU profile, from the top. */
export function framesOf(profile: Profiler.Profile): Frame {
  const { nodes } = profile;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = busyTimes(profile);
  const busy = sum([...times.values()]);
  const frameOf = (node: Profiler.ProfileNode): Frame => {
    const below = merged((node.children ?? []).flatMap((id) => byId.get(id) ?? []).map(frameOf));
    const self = (times.get(node.id) ?? 0) / busy;
    const total = self + sum(below.map(({ total }) => total));
    return { ...namesOf(node.callFrame), self, total, below };
  };
  return frameOf(nodes[0] as Profiler.ProfileNode);
}

/** The same function at two places of one caller is one. */
function merged(frames: Frame[]): Frame[] {
  const groups = Map.groupBy(frames, ({ name, owner }) => `${owner} ${name}`);
  return [...groups.values()].map((same) => {
    const [first] = same as [Frame];
    if (same.length === 1) return first;
    const below = merged(same.flatMap((frame) => frame.below));
    return {
      ...first,
      self: sum(same.map(({ self }) => self)),
      total: sum(same.map(({ total }) => total)),
      below,
    };
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
