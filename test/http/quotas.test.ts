/** How many codes may be sent: to one user, to one number, for one organization, by the service. */
import { describe, expect, test } from '@jest/globals';
import {
  type Answer,
  aPhone,
  atScreen,
  enrolled,
  enrolledUser,
  problem,
  signIn,
  somebody,
  useService,
} from '../support/service.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const service = useService({ replicas: 2 });

/** Starts with these budgets, and nothing counted. */
async function start(env: Record<string, string>): Promise<void> {
  await service.budget(env);
  service.twilio.requests.splice(0);
}

const calls = () => service.twilio.requests.length;
const tooMany = problem(429, 'too-many-requests', { challenge: { code: null } });
const isRefused = ({ body }: Answer) => body.type === '/problems/too-many-requests';

type Person = { signIn: (body?: object) => ReturnType<typeof signIn> };

/** Starts logins until one has no code: each is a challenge all the same. Gives that one. */
async function callUntilRefused(person: Person) {
  for (;;) {
    const screen = await person.signIn();
    expect(screen.challenge.status).toBe('verify');
    if (screen.challenge.code === null) return screen;
  }
}

/** That the wait is the one it takes: shortly before its end all is refused, and then not. */
async function expectWait(person: Person, answer: Answer, windowMs: number): Promise<void> {
  expect(answer).toMatchObject(tooMany);
  const waitMs = Number(answer.headers['retry-after']) * 1000;
  expect(waitMs).toBeGreaterThan(windowMs - minute);
  expect(waitMs).toBeLessThanOrEqual(windowMs);
  const before = calls();
  await service.advance(waitMs - 30_000);
  expect((await person.signIn()).challenge.code).toBeNull();
  expect(calls()).toBe(before);
  await service.advance(31_000);
  expect((await person.signIn()).challenge.code).toMatchObject({ delivery: 'accepted' });
  expect(calls()).toBe(before + 1);
}

describe('so many codes for one user', () => {
  /** What the enrolment took counts too, unless the approval gave it back. */
  test.each([
    ['CODES_PER_USER_UNAPPROVED', 15 * minute, 3],
    ['CODES_PER_USER_HOUR', hour, 2],
    ['CODES_PER_USER_DAY', day, 2],
    ['CODES_PER_ORGANIZATION_HOUR', hour, 2],
    ['CODES_PER_ORGANIZATION_DAY', day, 2],
  ])(
    '%s: the next is a challenge without one, and tells when there is room',
    async (name, windowMs, left) => {
      await start({ [name]: '3' });
      const person = await enrolled(service);
      const before = calls();
      const screen = await callUntilRefused(person);
      expect(calls()).toBe(before + left);
      await expectWait(person, await screen.send(), windowMs);
    },
  );

  test('the refusal of one bound takes nothing of another', async () => {
    await start({ CODES_PER_USER_UNAPPROVED: '1', CODES_PER_USER_DAY: '4' });
    const person = await enrolled(service);
    const screen = await callUntilRefused(person);
    for (let i = 0; i < 20; i += 1) expect(await screen.send()).toMatchObject(tooMany);
    for (let i = 0; i < 2; i += 1) {
      await service.advance(15 * minute);
      expect((await person.signIn()).challenge.code).not.toBeNull();
    }
    await service.advance(15 * minute);
    expect((await person.signIn()).challenge.code).toBeNull();
  });

  test('an approval gives back what its own challenge took, and no more', async () => {
    await start({ CODES_PER_USER_UNAPPROVED: '3' });
    const person = await enrolled(service);
    await person.signIn();
    const good = await person.signIn();
    await service.advance(31_000);
    await good.send();
    const code = person.heard();
    expect((await person.signIn()).challenge.code).toBeNull();
    expect((await good.enter(code)).body.status).toBe('approved');
    const before = calls();
    await callUntilRefused(person);
    expect(calls()).toBe(before + 2);
  });

  test('users who always enter their code are never refused', async () => {
    await start({ CODES_PER_USER_UNAPPROVED: '1' });
    const person = await enrolled(service);
    for (let i = 0; i < 10; i += 1) {
      const screen = await person.signIn();
      expect((await screen.enter(person.heard())).body.status).toBe('approved');
    }
  });

  test('a code that could not be sent for another reason took nothing', async () => {
    await start({ CODES_PER_USER_UNAPPROVED: '2' });
    const person = await enrolled(service);
    const screen = await person.signIn();
    for (let i = 0; i < 5; i += 1)
      expect(await screen.send()).toMatchObject(problem(429, 'resend-too-early'));
    expect((await person.signIn()).challenge.code).not.toBeNull();
  });

  test('another user of the organization has their own', async () => {
    await start({ CODES_PER_USER_UNAPPROVED: '2' });
    const [one, two] = [await enrolled(service), await enrolled(service)];
    await callUntilRefused(one);
    expect((await two.signIn()).challenge.code).not.toBeNull();
  });

  test('fifty logins at once on two replicas place as many calls as there are', async () => {
    await start({ CODES_PER_USER_UNAPPROVED: '5' });
    const person = await enrolled(service);
    const before = calls();
    const screens = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        person.signIn({}, { bearer: service.keys.panel, replica: i % 2 }),
      ),
    );
    expect(calls()).toBe(before + 5);
    expect(screens.filter(({ challenge }) => challenge.code !== null)).toHaveLength(5);
  });

  test('fifty resends at once place exactly one, and cost one', async () => {
    await start({ CODES_PER_USER_UNAPPROVED: '3' });
    const person = await enrolled(service);
    const screen = await person.signIn();
    await service.advance(31_000);
    const before = calls();
    await Promise.all(Array.from({ length: 50 }, (_, i) => screen.send({}, { replica: i % 2 })));
    expect(calls()).toBe(before + 1);
    expect((await person.signIn()).challenge.code).not.toBeNull();
    expect((await person.signIn()).challenge.code).toBeNull();
  });
});

describe('a number that somebody only typed', () => {
  /** Types a number in an enrolment of somebody new; the call before it is over. */
  async function type(spelling: string, login: object = {}) {
    await service.advance(30_000);
    const screen = await somebody(service, login).signIn();
    return screen.addPhone(spelling);
  }

  test('gets 3 calls an hour and 6 a day, over all users and organizations', async () => {
    await start({ CODES_PER_PENDING_NUMBER_HOUR: '3', CODES_PER_PENDING_NUMBER_DAY: '6' });
    await service.organization({ policy: 'mandatory' }, 'elsewhere');
    const answers: Answer[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 5; i += 1)
        answers.push(await type(aPhone, i % 2 ? { organizationId: 'elsewhere' } : {}));
      await service.advance(hour);
    }
    expect(answers.map(({ status }) => status).join(' ')).toBe(
      '201 201 201 429 429 201 201 201 429 429 429 429 429 429 429',
    );
    expect(calls()).toBe(6);
    expect((await enrolled(service)).phone).not.toBe(aPhone);
  });

  test('is counted by number, in any spelling', async () => {
    await start({ CODES_PER_PENDING_NUMBER_HOUR: '3' });
    const spellings = [
      ...['+31612345678', '0031612345678', '0612345678', '612345678', '06 12345678'],
      ...['06-12345678', '(06) 12 34 56 78', '+31 (0)6 12345678', '00 31 6 12 34 56 78'],
    ];
    const answers: Answer[] = [];
    for (const spelling of spellings) answers.push(await type(spelling));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, ...Array(6).fill(429)]);
    expect(answers.slice(3).every(isRefused)).toBe(true);
    expect(service.twilio.requests.map(({ body }) => body['To'])).toEqual(Array(3).fill(aPhone));
  });

  test('does not stop its owner, who has it as a factor, from signing in', async () => {
    await start({ CODES_PER_PENDING_NUMBER_HOUR: '3', CODES_PER_PENDING_NUMBER_DAY: '6' });
    await enrolledUser(service, 'owner', aPhone);
    for (let i = 0; i < 5; i += 1) await type(aPhone);
    await service.advance(30_000);
    const owner = await signIn(service, { userId: 'owner' });
    expect(owner.challenge.code).toMatchObject({ delivery: 'accepted' });
    expect((await owner.enter(service.twilio.codeFor(aPhone))).body.status).toBe('approved');
  });
});

test('an unlock gives the user all codes back', async () => {
  await start({ CODES_PER_USER_UNAPPROVED: '2', CODES_PER_USER_DAY: '3' });
  const person = await enrolled(service);
  await callUntilRefused(person);
  const answer = await service.call(
    'POST',
    `/v1/organizations/acme/users/${person.userId}/unlock`,
    {
      bearer: service.keys.panel,
      headers: { 'x-actor': 'admin' },
    },
  );
  expect(answer.status).toBe(204);
  for (let i = 0; i < 2; i += 1) expect((await person.signIn()).challenge.code).not.toBeNull();
});

test('push messages cost no calls: they are sent when no call could be', async () => {
  await start({ CALLS_PER_SECOND: '1', CODES_PER_PENDING_NUMBER_DAY: '1' });
  const device = { id: 'd-1', platform: 'ios', pushToken: 'quota-push' };
  const screen = await signIn(service, { userId: 'pushed', device });
  const callers = Array.from({ length: 12 }, () => somebody(service));
  const waiting = callers.map(async (caller) => (await caller.signIn()).addPhone(caller.phone));
  const added = await screen.addPush();
  expect(added).toMatchObject({ status: 201, body: { code: { delivery: 'accepted' } } });
  expect(atScreen(service, added).challenge.code?.method).toBe('push');
  await Promise.all(waiting);
});
