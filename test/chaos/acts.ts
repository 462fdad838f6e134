import type { Answer, Body, Message } from './history.ts';
import { anyScreen, close, note, open, type Person, type Screen, type Town } from './people.ts';
import type { Chances } from './random.ts';
import type { Recorder, Request } from './recorder.ts';
import type { World } from './world.ts';

/** Where somebody stands who is about to do something. */
export type Stand = { world: World; town: Town; desk: Recorder; chances: Chances };

/** Something people do. False when there was nothing to do it to. */
export type Act = { name: string; weight: number; run(stand: Stand): Promise<boolean> };

export type AtScreen = (stand: Stand, screen: Screen) => Promise<unknown>;

export function atScreen(name: string, weight: number, run: AtScreen, status?: string): Act {
  return {
    name,
    weight,
    async run(stand) {
      const screen = anyScreen(stand.town, stand.chances, status);
      if (!screen) return false;
      await run(stand, screen);
      return true;
    },
  };
}

/** Asks with the token of the challenge, and looks at what the answer shows of it. */
export async function press(
  { desk, town, chances }: Stand,
  screen: Screen,
  request: Omit<Request, 'userId' | 'challengeId' | 'bearer'>,
): Promise<Answer | null> {
  const { person, id, token } = screen;
  const whole = { ...request, userId: person.id, challengeId: id, bearer: token };
  const answer = await desk.call(whole, chances);
  note(town, screen, answer);
  if (answer?.status === 401) close(town, screen);
  return answer;
}

/** The codes of a challenge that were sent so far, the last one at the end. */
export function heard({ world }: Stand, { id }: Screen): Message[] {
  return world.providers.codesOf(id);
}

/** Mostly with the token of the browser, if it is remembered. */
function knownDevice({ chances }: Stand, { knownDevices }: Person) {
  if (knownDevices.length === 0 || chances.happens(0.4)) return {};
  const newest = chances.happens(0.9) ? knownDevices.at(-1) : chances.oneOf(knownDevices);
  return { knownDevice: newest };
}

export async function start(
  stand: Stand,
  person: Person,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<void> {
  const { world, town, desk, chances } = stand;
  const app = { name: 'qaller', version: '3.2.0' };
  const device = chances.happens(0.5) && { device: person.device };
  const body = {
    organizationId: 'acme',
    userId: person.id,
    app,
    ...device,
    ...more,
    ...knownDevice(stand, person),
  };
  const answer = await desk.call(
    {
      op: 'start',
      method: 'POST',
      path: '/v1/challenges',
      userId: person.id,
      bearer: world.apiKey,
      headers,
      body,
    },
    chances,
  );
  open(town, person, answer);
}

const guess = (stand: Stand, screen: Screen, code: string) =>
  press(stand, screen, {
    op: 'verify',
    method: 'POST',
    path: '/v1/challenge/verify',
    body: { code },
    confirms: newFactor(screen),
  });

function newFactor({ challenge }: Screen): string | null {
  const id: string | null = challenge['code']?.factorId ?? null;
  return challenge['factors'].some((factor: Body) => factor['id'] === id) ? null : id;
}

/** As many digits as are asked for, and none of the codes that were sent. */
function wrongCode(stand: Stand, screen: Screen): string {
  const length = screen.challenge['code']?.length ?? 4;
  const sent = heard(stand, screen).map(({ digits }) => digits);
  for (;;) {
    const digits = stand.chances.digits(length);
    if (!sent.includes(digits)) return digits;
  }
}

async function guessRight(stand: Stand, screen: Screen): Promise<void> {
  const code = heard(stand, screen).at(-1);
  if (code) await guess(stand, screen, code.digits);
}

async function guessRightTwice(stand: Stand, screen: Screen): Promise<void> {
  const code = heard(stand, screen).at(-1);
  if (code) await Promise.all([1, 2].map(() => guess(stand, screen, code.digits)));
}

/** Somebody tries many codes at once, while the owner may enter the right one. */
async function burst(stand: Stand, screen: Screen): Promise<void> {
  const code = heard(stand, screen).at(-1);
  if (!code) return;
  const wrong = Array.from({ length: stand.chances.between(4, 8) }, () => wrongCode(stand, screen));
  const tries = stand.chances.happens(0.5) ? [...wrong, code.digits] : wrong;
  await Promise.all(tries.map((digits) => guess(stand, screen, digits)));
}

async function guessDead(stand: Stand, screen: Screen): Promise<void> {
  const old = heard(stand, screen).slice(0, -1);
  if (old.length > 0) await guess(stand, screen, stand.chances.oneOf(old).digits);
}

/** Long enough for a pushed code, or that of a call that was answered, to die of age. */
const lateMs = 13_000;

/** Answers the phone, and goes for a coffee. */
async function leave(stand: Stand, screen: Screen): Promise<void> {
  close(stand.town, screen);
  await report(stand, screen, 'in-progress');
  stand.town.left.push({ screen, at: Date.now() });
}

async function comeBack(stand: Stand): Promise<boolean> {
  const { left } = stand.town;
  const [longest] = left;
  if (!longest || Date.now() < longest.at + lateMs) return false;
  left.shift();
  await guessRight(stand, longest.screen);
  return true;
}

function send(stand: Stand, screen: Screen): Promise<unknown> {
  const ids = screen.person.factorIds;
  const body =
    ids.length > 0 && stand.chances.happens(0.7) ? { factorId: stand.chances.oneOf(ids) } : {};
  return press(stand, screen, { op: 'send', method: 'POST', path: '/v1/challenge/code', body });
}

export function enrol(stand: Stand, screen: Screen): Promise<unknown> {
  const phoneNumber = stand.chances.oneOf(screen.person.phones);
  const body = stand.chances.happens(0.6) ? { method: 'call', phoneNumber } : { method: 'push' };
  return press(stand, screen, { op: 'enrol', method: 'POST', path: '/v1/challenge/factors', body });
}

const skip: AtScreen = (stand, screen) =>
  press(stand, screen, { op: 'skip', method: 'POST', path: '/v1/challenge/skip', body: {} });

async function cancel(stand: Stand, screen: Screen): Promise<void> {
  await press(stand, screen, { op: 'cancel', method: 'DELETE', path: '/v1/challenge' });
  // Another person may still try there.
  if (stand.chances.happens(0.5)) close(stand.town, screen);
}

const look: AtScreen = (stand, screen) =>
  press(stand, screen, { op: 'look', method: 'GET', path: '/v1/challenge' });

const wait: AtScreen = (stand, screen) =>
  press(stand, screen, { op: 'wait', method: 'GET', path: '/v1/challenge?wait=2' });

/** From the first ring to the end, as Twilio tells it; never "failed", which is what we say. */
const states = ['ringing', 'in-progress', 'in-progress', 'completed', 'busy', 'no-answer'];

async function report(stand: Stand, screen: Screen, state: string): Promise<void> {
  const number = heard(stand, screen).findLast(({ via }) => via === 'call')?.to;
  const report = number ? stand.world.providers.reportOf(number, state) : null;
  if (!report) return;
  const { path, headers, payload, codeId, challengeId, userId } = report;
  const about = { op: 'report' as const, method: 'POST', report: { codeId, state } };
  await stand.desk.call({ ...about, path, headers, payload, challengeId, userId }, stand.chances);
}

/** What people at a screen do, and what others do to them. */
export const screenActs: Act[] = [
  atScreen('look', 3, look),
  atScreen('wait', 2, wait),
  atScreen('send', 6, send, 'verify'),
  atScreen('enrol', 9, enrol, 'enrol'),
  atScreen('right', 16, guessRight, 'verify'),
  atScreen('right twice', 6, guessRightTwice, 'verify'),
  atScreen('wrong', 3, async (stand, at) => guess(stand, at, wrongCode(stand, at)), 'verify'),
  atScreen('burst', 2, burst, 'verify'),
  atScreen('dead', 4, guessDead),
  atScreen('leave', 2, leave, 'verify'),
  { name: 'come back', weight: 4, run: comeBack },
  atScreen('skip', 4, skip, 'enrol'),
  atScreen('cancel', 2, cancel),
  atScreen('report', 6, (stand, at) => report(stand, at, stand.chances.oneOf(states)), 'verify'),
];
