import type { Profiler } from 'node:inspector';
import { busyTimes } from './frames.ts';

const collector = 'garbage collection';
const http = 'HTTP, schemas, hooks';
const rest = 'Node and the kernel';

/** What code is for, by its file. The first that fits counts. */
const areas: readonly [words: string, files: RegExp][] = [
  ['Redis', /node_modules\/(@?ioredis|redis-|cluster-key-slot|denque)|\/src\/adapters\/redis\//],
  ['PostgreSQL', /node_modules\/(pg|postgres|@prisma)|\/src\/adapters\/postgres\//],
  ['tokens', /fast-jwt|@fastify\/jwt|\/credentials\/(tokens|signing-keys|result-claims)/],
  ['sealing, hashes, MACs', /\/adapters\/sealing|\/domain\/secrets\//],
  ['log', /node_modules\/(pino|sonic-boom)|\/request-log|\/process\/log|\/observe-decisions/],
  ['metrics', /node_modules\/prom-client|\/adapters\/metrics\//],
  ['delivery', /\/adapters\/channels\/|\/bench\/delivery\/|opossum|libphonenumber/],
  [http, /node_modules\/|\/src\/(http|process)\/|\/src\/[^/]+$|\/bench\/servers\//],
  ['the decisions themselves', /\/src\/domain\//],
];

/** @returns milliseconds of the main thread for each login. Node's functions count for who called them. */
export function timeByArea(profile: Profiler.Profile, logins: number): Map<string, number> {
  const areaOf = areasOf(profile.nodes);
  const found = new Map<string, number>();
  for (const [id, us] of busyTimes(profile)) {
    const area = areaOf.get(id) ?? rest;
    found.set(area, (found.get(area) ?? 0) + us / 1_000 / logins);
  }
  return found;
}

/** By the id of each place on the stack. */
function areasOf(nodes: readonly Profiler.ProfileNode[]): Map<number, string | null> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<number, string | null>();
  const visit = (node: Profiler.ProfileNode | undefined, above: string | null) => {
    if (!node) return;
    const { functionName, url } = node.callFrame;
    const area = functionName === '(garbage collector)' ? collector : areaIn(url, above);
    found.set(node.id, area);
    for (const id of node.children ?? []) visit(byId.get(id), area);
  };
  visit(nodes[0], null);
  return found;
}

function areaIn(url: string, above: string | null): string | null {
  if (/^node:(_http|http|net|internal\/(http|streams))/.test(url)) return above ?? http;
  return areas.find(([, files]) => files.test(url))?.[0] ?? above;
}
