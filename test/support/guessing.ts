import { Client } from 'pg';
import type { Answer, enrolled, Service } from './service.ts';
import { wrong } from './service.ts';

type Person = Awaited<ReturnType<typeof enrolled>>;

/** What a database answers, for what no caller can see or wait for. */
export async function query(
  { databaseUrl }: Pick<Service, 'databaseUrl'>,
  text: string,
  values: unknown[] = [],
) {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The entries about a user whose type begins so, newest first. */
export async function eventsOf(service: Service, userId: string, type = '') {
  const path = `/v1/organizations/acme/events?userId=${userId}&limit=100`;
  const { body } = await service.call('GET', path, { bearer: service.keys.panel });
  return body.items.filter((event: { type: string }) => event.type.startsWith(type));
}

const perCode = 5;

/** Guesses wrong so many times, with a challenge for every five; gives the last answer. */
export async function guessWrong(
  user: Person,
  times: number,
  login: object = {},
): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  for (let left = times; left > 0; left -= perCode) {
    const screen = await user.signIn(login);
    const guess = wrong(user.heard());
    for (let i = 0; i < Math.min(perCode, left); i += 1) answer = await screen.enter(guess);
  }
  return answer;
}

/** The wrong guesses on the account of a user that will outlive Redis, by kind. */
export async function accountOf(
  service: Service,
  { userId }: { userId: string },
): Promise<{ short: number; long: number }> {
  const rows = await query(service, 'SELECT kind FROM wrong_guesses WHERE user_id = $1', [userId]);
  const count = (kind: string) => rows.filter((row) => row.kind === kind).length;
  return { short: count('short'), long: count('long') };
}

/** Lets days pass for the wrong guesses and locks of everyone, and minutes for Redis. */
export async function letDaysPass(service: Service, days: number): Promise<void> {
  const earlier = (column: string) =>
    `${column} = ${column} - interval '${24 * days} hours 2 minutes'`;
  await query(service, `UPDATE wrong_guesses SET ${earlier('at')}`);
  await query(service, `UPDATE users SET ${earlier('locked_until')}`);
  await service.advance(15 * 60_000);
}

/** Makes a user guess wrong until their codes have eight digits. */
export const untilCareful = (user: Person) => guessWrong(user, 9);

/** Locks someone out: nine wrong guesses at four digits, then twenty at eight. */
export async function untilLocked(user: Person): Promise<Answer | undefined> {
  await untilCareful(user);
  return guessWrong(user, 20);
}
