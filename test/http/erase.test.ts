/** Forgetting a person: looked for in a dump of everything both stores hold. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { dump } from '../support/dump.ts';
import { atScreen, enrolled, problem, somebody, useService, wrong } from '../support/service.ts';
import { atSettings, prove } from '../support/settings-page.ts';

const service = useService({ policy: null });

const admin = () => ({ bearer: service.keys.panel, headers: { 'x-actor': 'the-boss' } });
const unguessable = () => randomUUID().replaceAll('-', '');

/** Someone with all that can be known of a person, a login under way and a number pending. */
async function fullLife(organizationId: string, userId = `user-${unguessable()}`) {
  const { phone, signIn: start } = somebody(service, { organizationId });
  const [address] = [`2001:db8::${unguessable().slice(0, 4)}:${unguessable().slice(0, 4)}`];
  const headers = { 'x-caller-address': address, 'idempotency-key': randomUUID() };
  const device = { id: `d-${unguessable()}`, platform: 'ios', pushToken: `t-${unguessable()}` };
  const signIn = (body: object = {}) =>
    start(
      { userId, device, ...body },
      { headers: { ...headers, 'idempotency-key': randomUUID() } },
    );
  const heard = () => service.twilio.codeFor(phone);
  const first = await signIn();
  await first.addPhone(phone);
  await first.enter(heard(), { headers });
  await first.skip();
  const challengeId = await prove({ userId, phone, heard, signIn });
  const page = atSettings(service, { userId, organizationId, challengeId, address });
  const push = atScreen(service, await page.addPush());
  await push.enter(service.google.codeFor(device.pushToken));
  const approved = await signIn();
  const result: string = (await approved.enter(heard())).body.result.token;
  const pendingPhone = somebody(service).phone;
  const pending = atScreen(service, await page.add(pendingPhone));
  const login = await signIn();
  await login.enter(wrong(heard()));
  const personal = [userId, device.id, address];
  const screens = [login, pending, approved];
  return { organizationId, userId, phone, heard, signIn, page, result, screens, personal };
}

type Life = Awaited<ReturnType<typeof fullLife>>;

/** What a dump has of someone under seal, numbers and push tokens, with the hashes beside it. */
function sealedOf(text: string, { organizationId, userId, screens }: Life): string[] {
  const marks = screens.map(({ challenge }) => `:challenge:${challenge.id} `);
  const marksOfUser = [`${organizationId},${userId},`, ...marks];
  const lines = text
    .split('\n')
    // Other tables name attempts, which look like a hash and are of no one.
    .filter((line) => /^(factors|devices|dc:)/.test(line))
    .filter((line) => marksOfUser.some((mark) => line.includes(mark)));
  const sealed = lines.flatMap(
    (line) => line.match(/\bk1\.2\.[\w-]{20,}|(?<=,)[\w-]{43}(?=,)/g) ?? [],
  );
  // Two factors and a device, each with its hash; a number pending; the device in each login.
  expect(sealed.length).toBeGreaterThanOrEqual(9);
  return sealed;
}

const urlOf = ({ organizationId, userId }: Life) =>
  `/v1/organizations/${organizationId}/users/${userId}`;

async function eventsOf(organizationId: string) {
  const url = `/v1/organizations/${organizationId}/events?limit=200`;
  const { body } = await service.call('GET', url, admin());
  return body.items as { type: string; userId: string | null; actor: string | null }[];
}

async function expectOver(life: Life): Promise<void> {
  const over = problem(401, 'challenge-expired');
  for (const screen of life.screens) {
    expect(await screen.look()).toMatchObject(over);
    expect(await screen.enter('0123')).toMatchObject(over);
    expect(await screen.send()).toMatchObject(over);
    expect(await screen.addPhone(life.phone)).toMatchObject(over);
    expect(await screen.cancel()).toMatchObject(over);
  }
  const body = { token: life.result };
  const redeemed = await service.call('POST', '/v1/results/redeem', { ...admin(), body });
  expect(redeemed).toMatchObject(problem(422, 'result-invalid'));
}

describe('a user who is erased', () => {
  let life: Life;
  let colleague: Life;
  let namesake: Life;
  let before: string;
  let events: Awaited<ReturnType<typeof eventsOf>>;

  beforeAll(async () => {
    await service.organization({ policy: 'mandatory' }, 'first');
    await service.organization({ policy: 'mandatory' }, 'second');
    life = await fullLife('first');
    colleague = await fullLife('first');
    namesake = await fullLife('second', life.userId);
    await service.call('POST', `${urlOf(life)}/unlock`, { ...admin(), body: {} });
    before = await dump(service);
    events = await eventsOf('first');
    const answer = await service.call('DELETE', urlOf(life), admin());
    expect(answer).toMatchObject({ status: 204, body: '' });
  });

  test('leaves neither id, number, device, token nor address in either store', async () => {
    const after = await dump(service);
    const [userId, ...rest] = life.personal;
    for (const datum of rest) expect(before).toContain(datum);
    for (const datum of [...rest, ...sealedOf(before, life)]) expect(after).not.toContain(datum);
    const lines = after.split('\n').filter((line) => line.includes(userId ?? ''));
    for (const line of lines) expect(line).toContain(namesake.organizationId);
    for (const other of [colleague, namesake])
      for (const datum of [...other.personal, ...sealedOf(before, other)])
        expect(after).toContain(datum);
  });

  test('has their challenges ended: the tokens and results open nothing', () => expectOver(life));

  test('keeps their entries in the trail, under one pseudonym that leads nowhere', async () => {
    const after = await eventsOf('first');
    expect(after.map(({ type }) => type)).toEqual([
      'user.erased',
      ...events.map(({ type }) => type),
    ]);
    const [erased] = after;
    const pseudonym = erased?.userId ?? '';
    expect(pseudonym).toMatch(/^erased-[\w-]{22}$/);
    expect(erased?.actor).toBe('the-boss');
    const renamed = (id: string | null) => (id === life.userId ? pseudonym : id);
    const expected = events.map(({ userId, actor }) => [renamed(userId), renamed(actor)]);
    expect(after.slice(1).map(({ userId, actor }) => [userId, actor])).toEqual(expected);
  });

  test('leaves colleagues, and a namesake elsewhere, unchanged', async () => {
    for (const other of [colleague, namesake]) {
      const [login] = other.screens;
      expect((await login?.look())?.body.status).toBe('verify');
      expect((await other.page.list()).body.items).toHaveLength(2);
    }
  });

  test('may come back as someone new, and gets the same pseudonym when erased again', async () => {
    const screen = await life.signIn();
    expect(screen.challenge).toMatchObject({ status: 'enrol', factors: [] });
    await service.call('DELETE', urlOf(life), admin());
    const erasures = (await eventsOf('first')).filter(({ type }) => type === 'user.erased');
    expect(new Set(erasures.map(({ userId }) => userId)).size).toBe(1);
    expect(erasures).toHaveLength(2);
    await service.call('DELETE', urlOf(colleague), admin());
    const [latest] = await eventsOf('first');
    expect(latest?.userId).not.toBe(erasures[0]?.userId);
  });

  test('that is unknown gets the same answer, so that nobody learns whether they existed', async () => {
    const url = '/v1/organizations/first/users/never-seen';
    expect((await service.call('DELETE', url, admin())).status).toBe(204);
  });
});

describe('an organization that is erased', () => {
  let lives: Life[];
  let neighbour: Life;
  let before: string;

  beforeAll(async () => {
    await service.organization({ policy: 'mandatory' }, 'leaving');
    await service.organization({ policy: 'mandatory' }, 'staying');
    lives = [await fullLife('leaving'), await fullLife('leaving')];
    neighbour = await fullLife('staying');
    before = await dump(service);
    const answer = await service.call('DELETE', '/v1/organizations/leaving', admin());
    expect(answer).toMatchObject({ status: 204, body: '' });
  });

  test('leaves nothing personal of any of its users in either store', async () => {
    const after = await dump(service);
    for (const life of lives) {
      for (const datum of life.personal) expect(before).toContain(datum);
      for (const datum of [...life.personal, ...sealedOf(before, life)])
        expect(after).not.toContain(datum);
    }
    for (const datum of [...neighbour.personal, ...sealedOf(before, neighbour)])
      expect(after).toContain(datum);
  });

  test('ends every challenge of its users', async () => {
    for (const life of lives) await expectOver(life);
    expect((await neighbour.screens[0]?.look())?.body.status).toBe('verify');
  });

  test('is not found any more, and a login there is one of an unknown organization', async () => {
    const gone = problem(404, 'not-found');
    const url = '/v1/organizations/leaving';
    expect(await service.call('GET', url, admin())).toMatchObject(gone);
    expect(await service.call('DELETE', url, admin())).toMatchObject(gone);
    const [life] = lives;
    expect((await life?.signIn())?.challenge).toMatchObject({ status: 'approved', policy: 'off' });
  });

  test('has the phones that ring for its users silenced', async () => {
    await service.organization({ policy: 'mandatory' }, 'ringing');
    const user = await enrolled(service, { organizationId: 'ringing' });
    await service.advance(60_000);
    await user.signIn();
    const call = service.twilio.sidOf(user.phone);
    await service.call('DELETE', '/v1/organizations/ringing', admin());
    await service.twilio.until(() => service.twilio.hangUps.includes(call));
  });

  test('keeps its trail, each user under their own pseudonym', async () => {
    const events = await eventsOf('leaving');
    const types = events.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['organization.erased', 'factor.added']));
    const added = events.filter(({ type }) => type === 'factor.added');
    const people = added.map(({ userId }) => userId);
    expect(new Set(people).size).toBe(2);
    for (const id of people) expect(id).toMatch(/^erased-/);
  });
});
