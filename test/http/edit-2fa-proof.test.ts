/** A stolen password is not enough to change the methods: what is proof of more, and what is not. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { untilLocked } from '../support/guessing.ts';
import {
  type Answer,
  atScreen,
  problem,
  signIn,
  somebody,
  useService,
} from '../support/service.ts';
import {
  addConfirmed,
  atSettings,
  owner,
  type Page,
  prove,
  withBackup,
} from '../support/settings-page.ts';

const service = useService();
beforeAll(async () => {
  await service.organization({ policy: 'mandatory' }, 'elsewhere');
  await service.organization({ policy: 'mandatory' }, 'wavering');
});

const noId = '00000000-0000-4000-8000-000000000000';

/** What a change of the methods asks proof for. */
const changes: [name: string, change: (page: Page, backup: string) => Promise<Answer>][] = [
  ['adding', (page) => page.add(somebody(service).phone)],
  ['choosing the primary', async (page, backup) => page.promote(await page.idOf(backup))],
  ['removing', async (page, backup) => page.remove(await page.idOf(backup))],
];

describe('nothing is added, chosen as the primary or removed on', () => {
  type Prover = (given: Awaited<ReturnType<typeof withBackup>>) => Promise<string | null>;

  const worthless: [what: string, prover: Prover][] = [
    ['no challenge', async () => null],
    ['a challenge that never was', async () => noId],
    ['what is no id at all', async () => 'x'],
    ['a challenge of another user', async () => (await owner(service)).challengeId],
    [
      'a challenge of a namesake in another organization',
      async ({ user }) => {
        const screen = await user.signIn({ organizationId: 'elsewhere' });
        const { phone } = somebody(service);
        await screen.addPhone(phone);
        await screen.enter(service.twilio.codeFor(phone));
        return (await screen.skip()).body.id;
      },
    ],
    ['a challenge that is not approved', async ({ user }) => (await user.signIn()).challenge.id],
    [
      'a challenge that was broken off',
      async ({ user }) => {
        const screen = await user.signIn();
        await screen.cancel();
        return screen.challenge.id;
      },
    ],
    [
      'a challenge approved more than 15 minutes ago',
      async ({ challengeId }) => {
        await service.advance(15 * 60_000 + 1);
        return challengeId;
      },
    ],
    [
      'a challenge of another client',
      async ({ user }) => {
        const screen = await user.signIn({}, { bearer: service.keys.qaller });
        return (await screen.enter(user.heard())).body.id;
      },
    ],
    [
      'a challenge that proved a method which is gone',
      async ({ user, page, backup }) => {
        const screen = await user.signIn();
        const factorId = await page.idOf(backup);
        await screen.send({ factorId });
        const { body } = await screen.enter(service.twilio.codeFor(backup));
        expect((await page.remove(factorId)).status).toBe(204);
        await addConfirmed(service, page, backup);
        return body.id;
      },
    ],
    [
      'a challenge of before the user was locked',
      async ({ user }) => {
        const challengeId = await prove(user);
        await untilLocked(user);
        return challengeId;
      },
    ],
    [
      'a challenge that confirmed a method',
      async ({ page }) => {
        const { phone } = somebody(service);
        const screen = atScreen(service, await page.add(phone));
        return (await screen.enter(service.twilio.codeFor(phone))).body.id;
      },
    ],
  ];

  async function expectRefused(page: Page, backup: string): Promise<void> {
    const before = await page.numbers();
    const calls = service.twilio.requests.length;
    for (const [name, change] of changes) {
      const answer = await change(page, backup);
      expect({ name, ...answer }).toMatchObject({ name, ...problem(403, 'step-up-required') });
    }
    expect(await page.numbers()).toEqual(before);
    expect(service.twilio.requests).toHaveLength(calls);
  }

  test.each(worthless)('%s', async (_what, prover) => {
    const given = await withBackup(service);
    const challengeId = await prover(given);
    await expectRefused(atSettings(service, { ...given.page.visit, challengeId }), given.backup);
  });

  test('a challenge that the password alone approved', async () => {
    const organizationId = 'wavering';
    const { page, backup, user } = await withBackup(service, organizationId);
    await service.organization({ policy: 'off' }, organizationId);
    const { challenge } = await user.signIn();
    expect(challenge.status).toBe('approved');
    await service.organization({ policy: 'mandatory' }, organizationId);
    await expectRefused(atSettings(service, { ...page.visit, challengeId: challenge.id }), backup);
  });
});

describe.each(changes)('%s', (_name, change) => {
  test.each(['login', 'step-up'])('is done on a %s of 15 minutes ago', async (purpose) => {
    const { page, backup, user } = await withBackup(service);
    const challengeId = await prove(user, { purpose });
    await service.advance(15 * 60_000 - 5_000);
    const fresh = atSettings(service, { ...page.visit, challengeId });
    expect((await change(fresh, backup)).status).toBeLessThan(300);
  });
});

test('the login in which the first methods were set up is proof enough', async () => {
  const user = somebody(service);
  const screen = await user.signIn();
  await screen.addPhone(user.phone);
  await screen.enter(user.heard());
  const { body } = await screen.skip();
  const page = atSettings(service, { userId: user.userId, challengeId: body.id });
  await addConfirmed(service, page, somebody(service).phone);
  expect((await page.numbers()).secondary).toHaveLength(1);
});

test('without a method there is nothing to prove: none is asked for', async () => {
  const { userId, phone } = somebody(service);
  await signIn(service, { userId });
  await addConfirmed(service, atSettings(service, { userId }), phone);
  const { challenge } = await signIn(service, { userId });
  expect(challenge).toMatchObject({ status: 'verify', factors: [{ role: 'primary' }] });
});

test('an administrator who is that user has to prove a factor too', async () => {
  const { page, backup } = await withBackup(service);
  const { userId } = page.visit;
  const asUser = atSettings(service, { userId, bearer: service.keys.panel });
  for (const [, change] of changes)
    expect(await change(asUser, backup)).toMatchObject(problem(403, 'step-up-required'));
});

test('a second addition ends one that is not confirmed, and leaves one that is', async () => {
  const { page } = await owner(service);
  const [first, second, third] = [1, 2, 3].map(() => somebody(service).phone) as [
    string,
    string,
    string,
  ];
  const older = atScreen(service, await page.add(first));
  const code = service.twilio.codeFor(first);
  const newer = atScreen(service, await page.add(second));
  expect((await older.look()).body).toMatchObject({ status: 'cancelled', code: null });
  expect(await older.enter(code)).toMatchObject(problem(409, 'challenge-finished'));
  expect((await newer.enter(service.twilio.codeFor(second))).body.status).toBe('approved');
  await addConfirmed(service, page, third);
  expect((await page.numbers()).secondary).toEqual([second, third]);
});
