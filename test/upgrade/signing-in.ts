import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Body, inWords, type Op } from '../chaos/history.ts';
import type { Providers } from '../chaos/providers.ts';
import { type Chances, chances } from '../chaos/random.ts';
import type { Recorder } from '../chaos/recorder.ts';

type Stand = {
  desk: Recorder;
  apiKey: string;
  codesOf: Providers['codesOf'];
  /** Whether browsers are remembered. */
  remembers: boolean;
};

type Person = { id: string; phoneNumber: string; pushToken: string; knownDevice: string | null };

/** How long a person takes to think, in milliseconds. */
const thoughtMs = [20, 120] as const;

/** After so many logins somebody else comes, who has no factor yet. */
const loginsEach = 4;

/** People who sign in, each in their own time, and expect to be let in every time. */
export function startCrowd(stand: Stand, size: number) {
  const failures: string[] = [];
  const logins: string[] = [];
  let phase = '';
  let open = true;
  let people = 0;
  const live = async (seed: number) => {
    const ways = chances(seed);
    let person = newPerson(0);
    for (let count = 0; open; count += 1) {
      if (count % loginsEach === 0) person = newPerson(people++);
      const began = phase;
      const failed = await signIn(stand, person, ways).catch((error: Error) => error);
      if (failed) failures.push(`${began}: ${failed.message}`);
      else logins.push(began);
      await delay(ways.between(...thoughtMs));
    }
  };
  const lives = Array.from({ length: size }, (_, seed) => live(seed + 1));
  const loginsIn = (name: string) => logins.filter((one) => one === name).length;
  return {
    failures,
    /** How many began in a phase and ended well. */
    loginsIn,
    enter(name: string): void {
      phase = name;
    },
    /** Waits for so many logins of this phase. */
    async untilLogins(count: number): Promise<void> {
      const name = phase;
      while (loginsIn(name) < count && failures.length < count) await delay(50);
    },
    async leave(): Promise<void> {
      open = false;
      await Promise.all(lives);
    },
  };
}

function newPerson(number: number): Person {
  const id = `user-${number}`;
  const phoneNumber = `+31610${String(number).padStart(6, '0')}`;
  return { id, phoneNumber, pushToken: `${id}/app`, knownDevice: null };
}

/** One login, from the password to the redeemed result. @throws with what was answered instead. */
async function signIn(stand: Stand, person: Person, ways: Chances): Promise<void> {
  const { apiKey, remembers } = stand;
  const begun = await ask(stand, person, ways).post('start', '/v1/challenges', loginOf(person));
  const at = ask(stand, person, ways, expected(begun, 201));
  let challenge = expected(begun, 201);
  const other = challenge['factors'].find(isNotIn(challenge));
  if (other && ways.happens(0.3))
    challenge = expected(await at.press('send', '/code', { factorId: other.id }), 202);
  while (challenge['status'] !== 'approved') {
    if (challenge['status'] === 'enrol') {
      const factor = newFactor(challenge['enrolment'].step, person);
      expected(await at.press('enrol', '/factors', factor), 201);
    }
    challenge = await enterCode(stand, at, ways);
  }
  const result = { token: challenge['result'].token, ...(remembers && { rememberDevice: true }) };
  const claims = expected(await at.post('redeem', '/v1/results/redeem', result, apiKey), 200);
  person.knownDevice = claims['knownDevice']?.token ?? null;
  if (claims['sub'] !== person.id) throw new Error(`a result of ${claims['sub']}`);
}

type Asking = ReturnType<typeof ask>;

/** How often people try what is `unavailable`: on a busy machine, that may last. */
const tries = 3;

const isAway = (answer: Answer | null) => answer === null || answer.status === 503;

/** Asks with the API key, or at a screen with the token of its challenge. */
function ask({ desk, apiKey }: Stand, { id: userId }: Person, ways: Chances, challenge?: Body) {
  const challengeId: string | null = challenge?.['id'] ?? null;
  const post = async (op: Op, path: string, body: object, bearer = apiKey): Promise<Told> => {
    const request = { op, method: 'POST', userId, challengeId, path, body, bearer };
    let answer = await desk.call(request, ways);
    // The screen says to try again, and they do.
    for (let left = tries; left > 1 && isAway(answer); left -= 1)
      answer = await desk.call(request, ways);
    const call = desk.calls.findLast((one) => one.op === op && one.userId === userId);
    return { answer, words: call ? inWords(call) : op };
  };
  const press = (op: Op, path: string, body: object) =>
    post(op, `/v1/challenge${path}`, body, challenge?.['challengeToken']);
  return { challengeId: challengeId ?? '', post, press };
}

type Told = { answer: Answer | null; words: string };

function expected({ answer, words }: Told, status: number): Body {
  if (answer?.status === status) return answer.body;
  throw new Error(`${words}, not ${status}: ${JSON.stringify(answer?.body)}`);
}

/** Enters what was heard, the last code first: while replicas are slow, two may come. */
async function enterCode(stand: Stand, at: Asking, ways: Chances): Promise<Body> {
  const heard = await codesHeard(stand, at);
  const verify = (code: string) => at.press('verify', '/verify', { code });
  if (ways.happens(0.2)) expected(await verify(otherThan(heard, ways)), 422);
  let told: Told = { answer: null, words: 'nothing to enter' };
  for (const digits of heard) {
    told = await verify(digits);
    const stands = afterGuess(told);
    if (stands) return stands;
  }
  return expected(told, 200);
}

/** After a failed delivery, people ask for another code at once. */
async function codesHeard({ codesOf }: Stand, at: Asking): Promise<string[]> {
  const heard = () => [...new Set(codesOf(at.challengeId).map(({ digits }) => digits))].reverse();
  if (heard().length === 0) expected(await at.press('send', '/code', {}), 202);
  return heard();
}

/** A repetition may be told that the challenge ended well. Null when the code was not the right one. */
function afterGuess({ answer }: Told): Body | null {
  if (answer?.status === 200) return answer.body;
  const challenge: Body | undefined = answer?.body['challenge'];
  return challenge?.['status'] === 'approved' ? challenge : null;
}

function otherThan(heard: string[], ways: Chances): string {
  const digits = ways.digits(4);
  return heard.includes(digits) ? otherThan(heard, ways) : digits;
}

const isNotIn =
  ({ code }: Body) =>
  ({ id }: { id: string }) =>
    id !== code?.factorId;

function loginOf({ id, pushToken, knownDevice }: Person) {
  const device = { id: 'app', platform: 'android', pushToken };
  const app = { name: 'qaller', version: '3.2.0' };
  const who = { organizationId: 'acme', userId: id, app, device };
  return { ...who, ...(knownDevice && { knownDevice }) };
}

function newFactor(step: string, { phoneNumber }: Person) {
  return step === 'primary' ? { method: 'call', phoneNumber } : { method: 'push' };
}
