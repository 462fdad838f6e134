import fc from 'fast-check';
import { type Operation, operations } from '../support/description.ts';
import type { Answer } from '../support/start-service.ts';
import { type Case, casesOf } from './cases.ts';
import { takes, wrongAnswer } from './judge.ts';
import type { World } from './world.ts';

export type Outcome = {
  /** The failing case, what was sent, and what is wrong with the answer; null when none failed. */
  failure: string | null;
  /** How often each operation gave each status. */
  statuses: Map<string, Map<number, number>>;
};

/** Sends so many requests, made from our own description, and judges each answer by it. */
export async function fuzz(
  world: World,
  { cases, seed, onCase = () => {} }: { cases: number; seed: number; onCase?: () => void },
): Promise<Outcome> {
  const described = operations();
  const statuses: Outcome['statuses'] = new Map();
  const property = fc.asyncProperty(fc.oneof(...described.map(casesOf)), async (one) => {
    onCase();
    const operation = described.find(({ id }) => id === one.operation) as Operation;
    const { answer, wrong } = await attempt(world, operation, one);
    count(statuses, one.operation, answer.status);
    if (wrong) throw new Error(wrong);
  });
  const run = await fc.check(property, { numRuns: cases, seed });
  if (!run.failed) return { failure: null, statuses };
  const message = run.errorInstance instanceof Error ? run.errorInstance.message : '';
  return {
    failure: `${fc.defaultReportMessage(run)}
${message}`,
    statuses,
  };
}

async function attempt(world: World, operation: Operation, one: Case) {
  const before = await world.refresh();
  const request = world.request(operation, one);
  const answer = await world.send(request);
  const wrong =
    wrongAnswer(operation, one, answer) ??
    letIn(operation, one, { answer, body: String(request.payload ?? '') }) ??
    (isRefusal(answer) && before !== (await world.costs()) ? 'a refusal that was charged' : null);
  return { answer, wrong: wrong && report(wrong, request, answer) };
}

/** What may not be let in: nobody, where somebody has to be; a body that is not as described. */
function letIn(
  operation: Operation,
  { credential, contentType }: Case,
  { answer, body }: { answer: Answer; body: string },
): string | null {
  if (answer.status >= 300) return null;
  const known = !['nobody', 'garbage', 'revoked', 'result'].includes(credential);
  if (operation.door && !known) return `let in: ${credential}`;
  if (!takes(operation, { body, contentType })) return 'let in with a body not as described';
  return null;
}

const refusals = new Set([400, 401, 403, 404, 405, 413, 415]);
const refusedBodies = ['phone-number-invalid', 'destination-not-allowed', 'result-invalid'];

function isRefusal({ status, body }: Answer): boolean {
  return refusals.has(status) || refusedBodies.some((name) => body?.type === `/problems/${name}`);
}

function report(wrong: string, request: object, { status, body }: Answer): string {
  return `${wrong}\nsent: ${JSON.stringify(request)}\nanswered: ${status} ${JSON.stringify(body)}`;
}

function count(statuses: Outcome['statuses'], operation: string, status: number): void {
  const known = statuses.get(operation) ?? new Map<number, number>();
  statuses.set(operation, known.set(status, (known.get(status) ?? 0) + 1));
}
