/**
 * The attack: ask for a code once, then guess from many connections to many replicas at once, so
 * that more than five guesses are compared, one code lets two people in, or a phone rings fifty
 * times. Each count below is the contract's, for any order of calls.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, enrolled, problem, signIn, useService, wrong } from '../support/service.ts';

const replicas = 3;

const service = useService({ replicas });

const atOnce = (times: number, call: (request: { replica: number }) => Promise<Answer>) =>
  Promise.all(Array.from({ length: times }, (_, i) => call({ replica: i % replicas })));

const named = (answers: Answer[], name: string) =>
  answers.filter(({ body }) => body.type === `/problems/${name}`);

/** A user who was just called, at their screen. */
async function called() {
  const user = await enrolled(service);
  return { user, screen: await user.signIn() };
}

type Called = Awaited<ReturnType<typeof called>>;

/** Each try has its own time limit, so this waits without sleeping. */
async function untilReady(replica: number): Promise<void> {
  while ((await service.call('GET', '/health/ready', { replica })).status !== 200);
}

/**
 * Many calls at once at a login of their own. A machine with too much to do answers some of them
 * with 503, which is right and shows nothing: then it is tried on another login.
 */
async function burst(calls: (login: Called) => Promise<Answer[]>) {
  for (;;) {
    await Promise.all(Array.from({ length: replicas }, (_, replica) => untilReady(replica)));
    const login = await called();
    const answers = await calls(login);
    if (answers.every(({ status }) => status < 500)) return { ...login, answers };
    expect(answers.filter(({ status }) => status < 300).length).toBeLessThanOrEqual(1);
  }
}

test('200 wrong guesses at once at one code: exactly five are looked at', async () => {
  const { user, screen, answers } = await burst(({ user, screen }) => {
    const guess = wrong(user.heard());
    return atOnce(200, (request) => screen.enter(guess, request));
  });
  const remaining = named(answers, 'code-incorrect').map(({ body }) => body.attemptsRemaining);
  expect(remaining.sort()).toEqual([1, 2, 3, 4]);
  expect(named(answers, 'attempts-exhausted')).toHaveLength(196);
  expect((await screen.enter(user.heard())).status).toBe(429);
});

test('200 different guesses at once earn no more looks than five', async () => {
  const { screen, answers } = await burst(({ user, screen }) => {
    const guesses = Array.from({ length: 200 }, (_, i) => (Number(user.heard()) + 1 + i) % 10_000);
    const codes = guesses.map((guess) => String(guess).padStart(4, '0'));
    return Promise.all(codes.map((code, i) => screen.enter(code, { replica: i % replicas })));
  });
  expect(named(answers, 'code-incorrect')).toHaveLength(4);
  expect(named(answers, 'attempts-exhausted')).toHaveLength(196);
  expect((await screen.look()).body).toMatchObject({ status: 'verify', code: null, result: null });
});

test('200 right codes at once earn exactly one approval, whose result works once', async () => {
  const { answers } = await burst(({ user, screen }) => {
    const code = user.heard();
    return atOnce(200, (request) => screen.enter(code, request));
  });
  const approved = answers.filter(({ status }) => status === 200);
  expect(approved).toHaveLength(1);
  const request = { bearer: service.keys.panel, body: { token: approved[0]?.body.result.token } };
  const redeemed = await atOnce(20, (replica) =>
    service.call('POST', '/v1/results/redeem', { ...request, ...replica }),
  );
  expect(redeemed.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('50 resends at once place exactly one call', async () => {
  let before = 0;
  const { user, screen, answers } = await burst(async ({ screen }) => {
    await service.advance(30_000);
    before = service.twilio.requests.length;
    return atOnce(50, (request) => screen.send({}, request));
  });
  expect(service.twilio.requests).toHaveLength(before + 1);
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(named(answers, 'resend-too-early')).toHaveLength(49);
  expect((await screen.enter(user.heard())).body.status).toBe('approved');
});

test('20 screens that add a number at once have one code in play, and five calls at most', async () => {
  const screen = await signIn(service, { userId: 'crowd' });
  const calls = service.twilio.requests.length;
  const phones = Array.from({ length: 20 }, (_, i) => `+31655550${String(100 + i)}`);
  await Promise.all(phones.map((phone) => screen.addPhone(phone)));
  expect(service.twilio.requests.length - calls).toBeLessThanOrEqual(5);
  const heard = phones
    .map((phone) => service.twilio.codeFor(phone))
    .filter((code) => code !== null);
  const answers: Answer[] = [];
  for (const code of heard) answers.push(await screen.enter(code));
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
});

test('a code and "een andere keer" at once end in one approval', async () => {
  await service.organization({ policy: 'optional' }, 'free');
  const screen = await signIn(service, { organizationId: 'free', userId: 'hasty' });
  const phone = '+31655559999';
  await screen.addPhone(phone);
  const code = service.twilio.codeFor(phone);
  await Promise.all([screen.enter(code, { replica: 1 }), screen.skip(), screen.skip()]);
  const { body } = await screen.look();
  expect(['approved', 'enrol']).toContain(body.status);
});

type Step = 'wrong' | 'resend' | 'later' | 'nonsense' | 'look' | 'right' | 'cancel';

/** Those named more often happen more often. */
const action = fc.constantFrom<Step[]>(
  ...([
    'wrong',
    'wrong',
    'wrong',
    'wrong',
    'resend',
    'resend',
    'resend',
    'later',
    'later',
  ] as const),
  ...(['later', 'nonsense', 'look', 'right', 'cancel'] as const),
);

test('one challenge has one approval, 15 wrong guesses and 5 codes at most', async () => {
  const sequences = fc.array(action, { minLength: 5, maxLength: 40 });
  await fc.assert(fc.asyncProperty(sequences, keepsTheLimits), { numRuns: 12 });
});

async function keepsTheLimits(steps: Step[]): Promise<void> {
  const user = await enrolled(service);
  const calls = service.twilio.requests.length;
  const screen = await user.signIn();
  let looks = 0;
  const act: Record<Step, () => Promise<Answer>> = {
    wrong: async () => {
      looks += (await screen.look()).body.code ? 1 : 0;
      return screen.enter(wrong(user.heard()));
    },
    right: () => screen.enter(user.heard()),
    nonsense: () => screen.enter('12'),
    resend: () => screen.send(),
    later: async () => {
      await service.advance(31_000);
      return screen.look();
    },
    look: () => screen.look(),
    cancel: () => screen.cancel(),
  };
  let over = false;
  let approvals = 0;
  for (const step of steps) {
    const { status, body } = await act[step]();
    if (step === 'right' && status === 200) approvals += 1;
    if (over) expect(body.status ?? body.challenge?.status).not.toBe('verify');
    over ||= isOver(body);
  }
  expect(approvals).toBeLessThanOrEqual(1);
  expect(looks).toBeLessThanOrEqual(15);
  expect(service.twilio.requests.length - calls).toBeLessThanOrEqual(5);
}

function isOver(body: Answer['body']): boolean {
  return ['approved', 'cancelled'].includes(body?.status ?? body?.challenge?.status);
}

test('the guesses of one challenge are not another’s to spend', async () => {
  const user = await enrolled(service);
  const [one, two] = [await user.signIn(), await user.signIn()];
  const code = user.heard();
  for (let i = 0; i < 5; i += 1) await one.enter(wrong(code));
  expect(await one.enter(wrong(code))).toMatchObject(problem(429, 'attempts-exhausted'));
  expect((await two.look()).body.code.attemptsRemaining).toBe(5);
});
