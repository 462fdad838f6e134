import { faultsDuring } from '../excused-by-faults.ts';
import type { Attempt, Call, Fault, History, Violation } from '../history.ts';
import { inWords } from '../history.ts';

/** Nothing fails but during a fault and shortly after, and then only in the way that says so. */
export function answers(history: History): Violation[] {
  return history.calls.flatMap((call) =>
    call.attempts.flatMap((attempt) => {
      const faults = faultsDuring(history, attempt.startedAt, attempt.endedAt);
      if (isExcused(attempt, faults) || isOutranked(history, call, attempt)) return [];
      if (isErased(history, call, attempt)) return [];
      const meanwhile = faults.map(({ name }) => name).join(', ') || 'no fault';
      const what = `${nameOf(attempt)} during ${meanwhile}`;
      return { check: 'answers', what, requests: [inWords(call)] };
    }),
  );
}

const limitMs = 1_500;
const waitMs = 2_000;
const deliveryMs = 5_000;
const lineMs = 3_000;

/** A send that is refused asks Redis some 15 times, one after the other. A slow Redis takes 120 ms for each. */
const slowSendMs = 2_500;

/** "Every answer within 1.5 s", also while Redis or PostgreSQL is away. */
export function slowness(history: History): Violation[] {
  return history.calls.flatMap((call) =>
    call.attempts.flatMap((attempt) => {
      const faults = faultsDuring(history, attempt.startedAt, attempt.endedAt);
      const took = attempt.endedAt - attempt.startedAt;
      const sent = sends.includes(call.op);
      const waits = sent && meetsOtherLane(history, call, attempt) ? lineMs : 0;
      if (!faults.some(isOfStore) || took <= waits + limitOf(call, attempt, faults)) return [];
      const what = `took ${took} ms during ${faults.map(({ name }) => name).join(', ')}`;
      return { check: 'slowness', what, requests: [inWords(call)] };
    }),
  );
}

const isOfMachine = ({ kind }: Fault) => kind === 'machine';
const isOfProvider = ({ kind }: Fault) => kind === 'provider';
const isSlowRedis = ({ name }: Fault) => name === 'Redis: slow';
const isOfStore = ({ kind }: Fault) => kind === 'redis' || kind === 'postgres';

function limitOf({ op }: Call, { answer, replica }: Attempt, faults: Fault[]): number {
  const excused = faults.some((one) => one.replica === replica || isOfMachine(one));
  if (answer === null || excused) return Number.POSITIVE_INFINITY;
  if (op === 'wait') return waitMs + limitMs;
  const mayHang = faults.some(isOfProvider);
  if (!mayHang && sends.includes(op) && faults.some(isSlowRedis)) return slowSendMs;
  return mayHang ? deliveryMs + limitMs : limitMs;
}

const sends: readonly Call['op'][] = ['start', 'send', 'add', 'enrol'];

/** Whether the call was under way, or ended so shortly before, when an attempt was made. */
function wasMeanwhile({ attempts }: Call, { startedAt, endedAt }: Attempt, afterMs = 0): boolean {
  const [first, last] = [attempts[0], attempts.at(-1)];
  if (!first || !last) return false;
  return first.startedAt <= endedAt && startedAt <= last.endedAt + afterMs;
}

/** At one number, calls on a known device and those of strangers do not ring together. */
function meetsOtherLane({ calls, terms }: History, { userId }: Call, attempt: Attempt): boolean {
  const known = calls.filter((one) => one.knownDevice && one.userId === userId);
  return known.some((one) => wasMeanwhile(one, attempt, terms.unheardMs));
}

/** A call on a known device takes the line from one that strangers are about to place. Their screens show it. */
function isOutranked(history: History, call: Call, attempt: Attempt): boolean {
  const { status, body } = attempt.answer ?? {};
  const failed =
    (status === 502 && sends.includes(call.op)) || body?.['code']?.delivery === 'failed';
  return failed && meetsOtherLane(history, call, attempt);
}

/** A login that is still beginning has no place when its user is reset: its caller begins again. */
function isErased({ calls }: History, { op, userId }: Call, attempt: Attempt): boolean {
  if (attempt.answer?.status !== 503 || (op !== 'start' && op !== 'add')) return false;
  const resets = calls.filter((one) => one.op === 'reset' && one.userId === userId);
  return resets.some((one) => wasMeanwhile(one, attempt));
}

function isExcused({ answer, replica }: Attempt, faults: Fault[]): boolean {
  const here = faults.some((fault) => fault.replica === replica);
  if (answer === null) return here;
  const without = (isOf: (fault: Fault) => boolean) =>
    here || faults.some((fault) => isOf(fault) || isOfMachine(fault));
  if (answer.status === 503) return without(isOfStore);
  // A provider without time for its timers ends connections while requests are on their way.
  if (answer.status === 502) return without(isOfProvider);
  if (answer.body['code']?.delivery === 'failed') return without(isOfProvider);
  return answer.status < 500;
}

function nameOf({ answer }: Attempt): string {
  if (answer === null) return 'a request was lost';
  return answer.status < 500 ? 'a delivery failed' : `${answer.status} was answered`;
}
