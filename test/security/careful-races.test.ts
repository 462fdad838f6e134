/**
 * The attack: open fifty challenges at once, on three replicas, and guess at all of them at the same
 * moment, so that a check made before sending or beside the comparison comes too late. Together
 * they look at no more than one challenge would.
 */
import { expect, test } from '@jest/globals';
import { accountOf, guessWrong, query } from '../support/guessing.ts';
import { type Answer, signIn, somebody, useService } from '../support/service.ts';

const replicas = 3;
const challenges = 50;
const guessesEach = 5;

const service = useService({ replicas });

let devices = 0;

/** Someone with the app as primary: a push tells which challenge its code is for. */
async function withApp() {
  const { userId } = somebody(service);
  devices += 1;
  const device = { id: `d-${devices}`, platform: 'ios', pushToken: `race-${devices}` };
  const screen = await signIn(service, { userId, device });
  await screen.addPush();
  await screen.enter(service.google.codeFor(device.pushToken));
  await screen.skip();
  const heard = () => service.google.codeFor(device.pushToken);
  return { userId, phone: '', heard, signIn: (body = {}) => signIn(service, { userId, ...body }) };
}

const codeIn = (challengeId: string): string =>
  service.google.requests.findLast(({ body }) => body.message.data.challengeId === challengeId)
    ?.body.message.data.code ?? '';

/** So many that are wrong in every one of these challenges, and all different. */
function wrongOnes(codes: string[], count: number): string[] {
  const taken = new Set(codes);
  const length = codes[0]?.length ?? 4;
  const all = Array.from({ length: 1000 }, (_, i) => String(i).padStart(length, '0'));
  return all.filter((code) => !taken.has(code)).slice(0, count);
}

/** Opens all of them at once, and guesses at all of them at once, five times over. */
async function attack(userId: string) {
  const open = await Promise.all(
    Array.from({ length: challenges }, (_, i) =>
      signIn(service, { userId }, { bearer: service.keys.panel, replica: i % replicas }),
    ),
  );
  const codes = open.map(({ challenge }) => codeIn(challenge.id));
  const guesses = wrongOnes(codes, guessesEach);
  const answers: Answer[] = [];
  for (const [n, guess] of guesses.entries())
    answers.push(
      ...(await Promise.all(
        open.map((screen, i) => screen.enter(guess, { replica: (i + n) % replicas })),
      )),
    );
  const right: Answer[] = [];
  for (const [i, screen] of open.entries()) right.push(await screen.enter(codes[i] ?? ''));
  return { open, codes, answers, right };
}

/**
 * A machine with too much to do answers some with 503, which is right and shows nothing: then it
 * is tried on another user.
 */
async function attackSomeone(prepare: (user: Awaited<ReturnType<typeof withApp>>) => unknown) {
  for (;;) {
    const user = await withApp();
    await prepare(user);
    const seen = await attack(user.userId).catch(() => null);
    if (seen?.answers.every(({ status }) => status < 500)) return { user, ...seen };
  }
}

const named = (answers: Answer[], name: string) =>
  answers.filter(({ body }) => body.type === `/problems/${name}`);

test('fifty challenges at once with five guesses each: nine are looked at, nobody gets in', async () => {
  const { user, codes, answers, right } = await attackSomeone(() => undefined);
  expect(codes.every((code) => /^\d{4}$/.test(code))).toBe(true);
  expect(await accountOf(service, user)).toEqual({ short: 9, long: 0 });
  expect(named(answers, 'code-incorrect').length).toBeLessThanOrEqual(8);
  expect([...answers, ...right].filter(({ status }) => status === 200)).toEqual([]);
  const told = await query(
    service,
    "SELECT 1 FROM events WHERE user_id = $1 AND type = 'user.careful'",
    [user.userId],
  );
  expect(told).toHaveLength(1);
});

test('and at eight digits: twenty are looked at, and the user is locked', async () => {
  const { user, open, codes, answers, right } = await attackSomeone((user) => guessWrong(user, 9));
  expect(codes.every((code) => /^\d{8}$/.test(code))).toBe(true);
  expect(await accountOf(service, user)).toEqual({ short: 9, long: 20 });
  expect([...answers, ...right].filter(({ status }) => status === 200)).toEqual([]);
  const stands = await Promise.all(open.slice(0, 3).map((screen) => screen.look()));
  expect(stands.map(({ body }) => body.status)).toEqual(['locked', 'locked', 'locked']);
});
