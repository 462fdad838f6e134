import type { Answer, Body } from './history.ts';
import type { Chances } from './random.ts';

/** Somebody who signs in, with a phone, a second one, and the app. */
export type Person = {
  id: string;
  phones: string[];
  device: { id: string; platform: string; pushToken: string };
  /** Challenges that were approved with a second factor: they allow changes of factors. */
  proofs: string[];
  /** Of their browser, the newest last: it keeps one, a thief may have another. */
  knownDevices: string[];
  /** By the last answer about this user. */
  locked: boolean;
  factorIds: string[];
};

/** A challenge as somebody at its screen sees it. */
export type Screen = {
  person: Person;
  id: string;
  token: string;
  openedAt: number;
  challenge: Body;
};

/** Who there is, and which screens are open. */
export type Town = {
  people: Person[];
  screens: Screen[];
  /** Screens that were left alone, and since when. */
  left: { screen: Screen; at: number }[];
  results: Result[];
};

export type Result = { person: Person; challengeId: string; token: string };

export function newTown(people: number): Town {
  return {
    people: Array.from({ length: people }, (_, i) => person(i)),
    screens: [],
    left: [],
    results: [],
  };
}

function person(index: number): Person {
  const id = `user-${index}`;
  const numbers = Array.from(
    { length: 3 },
    (_, i) => `+316100${i}${String(index).padStart(4, '0')}`,
  );
  const device = { id: 'app', platform: 'android', pushToken: `${id}/app` };
  const nothing = { proofs: [], knownDevices: [], locked: false, factorIds: [] };
  return { id, phones: numbers, device, ...nothing };
}

/** So many screens stay open: more would be left alone for too long to meet anybody. */
const maxScreens = 24;

/** Leaves a screen on the desk for the next visitor. */
export function open(town: Town, person: Person, answer: Answer | null): Screen | null {
  if (answer?.status !== 201) return null;
  const { id, challengeToken } = answer.body;
  const screen = {
    person,
    id,
    token: challengeToken,
    openedAt: Date.now(),
    challenge: answer.body,
  };
  town.screens.push(screen);
  if (town.screens.length > maxScreens) town.screens.shift();
  note(town, screen, answer);
  return screen;
}

/** Stores what an answer contains about the challenge, its result and its user. */
export function note(town: Town, screen: Screen, answer: Answer | null): void {
  const { body } = answer ?? {};
  const challenge: Body | null = body?.['challenge'] ?? (body?.['policy'] ? body : null);
  if (!challenge) return;
  screen.challenge = challenge;
  const { person, id } = screen;
  person.locked = challenge['status'] === 'locked';
  person.factorIds = (challenge['factors'] as Body[]).map((factor) => factor['id']);
  if (challenge['status'] !== 'approved') return;
  if (challenge['result']?.amr.includes('otp')) person.proofs.push(id);
  const token = challenge['result']?.token;
  if (token) town.results.push({ person, challengeId: id, token });
  close(town, screen);
}

export function close(town: Town, screen: Screen): void {
  town.screens = town.screens.filter((one) => one !== screen);
}

export function anyScreen(town: Town, chances: Chances, status?: string): Screen | null {
  const fit = town.screens.filter(({ challenge }) => !status || challenge['status'] === status);
  return fit.length > 0 ? chances.oneOf(fit) : null;
}
