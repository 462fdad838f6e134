/**
 * The attack: read the logs, the database, Redis, error pages or anything that leaves the service,
 * and find a code, a number, a push token or a key in it. Logins of every kind are driven at the most
 * talkative log level, and everything is searched for each.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sealing } from '../../src/adapters/sealing.ts';
import { digitsSaid } from '../support/fakes/twilio.ts';
import { callTo, keyFirst, openedUrls } from '../support/key-first.ts';
import { type Haystack, holding, holdingCodes, recorded, stored } from '../support/search.ts';
import {
  atScreen,
  randomSecret,
  type Service,
  signIn,
  startService,
  wrong,
} from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';

const people = 15;

const secrets = [randomSecret('k1')] as const;

let service: Service;
/** Another one, whose calls ask for a key before they say the code. */
let asking: Service;
let answers: Haystack;
const urls: Haystack = [];
const saidAtKey: string[] = [];
const stores: Haystack = [];
const numbers: string[] = [];
const pushTokens: string[] = [];
const challengeTokens: string[] = [];

beforeAll(async () => {
  const started = await startService({ logLevel: 'trace' });
  ({ service, answers } = recorded(started));
  await service.organization({ policy: 'mandatory' });
  for (let i = 0; i < people; i += 1) {
    await live(i);
    if (i % 5 === 4) stores.push(...(await stored(service)));
  }
});

beforeAll(async () => {
  const second = recorded(await startService({ logLevel: 'trace', env: keyFirst, secrets }));
  asking = second.service;
  await asking.organization({ policy: 'mandatory' });
  for (let i = 0; i < 5; i += 1) await askedForKey(i);
  answers.push(...second.answers);
});
afterAll(() => Promise.all([service.close(), asking.close()]));

/** Somebody whose call asks for a key: looked at before it is pressed, and while the code is said. */
async function askedForKey(i: number): Promise<void> {
  const phone = phoneOf(i, 3);
  numbers.push(phone);
  const screen = await signIn(asking, { userId: `asked-${i}` });
  challengeTokens.push(screen.token);
  await screen.addPhone(phone);
  stores.push(...(await stored(asking)));
  const { action, callback, press } = callTo(asking, phone);
  const { twiml } = await press('1');
  const code = digitsSaid(twiml).first;
  saidAtKey.push(code);
  await screen.enter(wrong(code));
  stores.push(...(await stored(asking)));
  await screen.enter(code);
  for (const url of [action, callback]) urls.push({ where: 'URL of a call', text: url });
  for (const text of openedUrls(sealing(secrets), { action, callback }))
    urls.push({ where: 'opened URL of a call', text });
}

/** Digits that no time, id or count has by chance. */
const phoneOf = (i: number, n: number) => `+316${n}7${String(739_142 + i * 7)}`;

async function live(i: number): Promise<void> {
  const userId = `person-${i}`;
  const [phone, backup] = [phoneOf(i, 1), phoneOf(i, 2)];
  const device = { id: `d-${i}`, platform: 'ios', pushToken: `push:token_${i}-${'x'.repeat(20)}` };
  numbers.push(phone, backup);
  pushTokens.push(device.pushToken);
  const heard = (number = phone) => service.twilio.codeFor(number) ?? '';
  const pushed = () => service.google.codeFor(device.pushToken) ?? '';
  const enter = async (body: object = {}) => {
    const screen = await signIn(service, { userId, device, ...body });
    challengeTokens.push(screen.token);
    return screen;
  };
  await enrol(await enter(), { phone, heard });
  const verified = await failing(await enter(), heard);
  const page = atSettings(service, { userId, challengeId: verified });
  const push = atScreen(service, await page.addPush());
  await push.enter(wrong(pushed()));
  await push.enter(pushed());
  await otherMethod(await enter(), { heard, pushed });
  const added = atScreen(service, await page.add(backup));
  await added.enter(wrong(heard(backup)));
  if (i % 3 === 0) await added.enter(heard(backup));
  if (i % 5 === 0) await untilLong(enter, heard);
  if (i % 7 === 0) await page.forget(device.id);
  await (await enter()).enter(wrong(heard()));
}

type Screen = Awaited<ReturnType<typeof signIn>>;

async function enrol(screen: Screen, { phone, heard }: { phone: string; heard: () => string }) {
  for (const mistyped of [`${phone}99999`, `${phone.slice(0, 7)}`, `+1${phone.slice(3)}`])
    await screen.addPhone(mistyped);
  await screen.addPhone(phone);
  await screen.enter(wrong(heard()));
  await screen.enter(heard());
  await screen.skip();
}

/** Providers that fail, whose errors repeat what they were sent. */
async function failing(screen: Screen, heard: () => string): Promise<string> {
  for (const failure of [400, 500, 'drop'] as const) {
    service.twilio.answerWith(failure);
    await signIn(service, { userId: screen.challenge.id });
    await screen.send();
  }
  service.twilio.answerWith('success');
  await screen.enter(`${heard()}0`);
  await service.call('POST', '/v1/challenge/verify', {
    bearer: screen.token,
    body: { code: heard(), again: heard() },
  });
  await screen.enter(heard());
  return screen.challenge.id;
}

async function otherMethod(
  screen: Screen,
  { heard, pushed }: { heard: () => string; pushed: () => string },
): Promise<void> {
  await screen.enter(wrong(heard()));
  const push = screen.challenge.factors.find(({ method }) => method === 'push')?.id;
  service.google.answerWith(400);
  await screen.send({ factorId: push });
  service.google.answerWith('success');
  await screen.send({ factorId: push });
  const { result } = (await screen.enter(pushed())).body;
  await service.call('POST', '/v1/results/redeem', {
    bearer: service.keys.qaller,
    body: { token: result.token },
  });
}

async function untilLong(enter: () => Promise<Screen>, heard: () => string): Promise<void> {
  for (let left = 9; left > 0; left -= 3) {
    const screen = await enter();
    for (let i = 0; i < 3; i += 1) await screen.enter(wrong(heard()));
  }
  const screen = await enter();
  await screen.enter(wrong(heard()));
  await screen.enter(heard());
}

/** Every code that ever left, as its receiver had it. */
function codes(): Set<string> {
  const said = service.twilio.requests.map(({ body }) =>
    [...(body['Twiml'] ?? '').matchAll(/<Say[^>]*>(\d)<\/Say>/g)]
      .map(([, digit]) => digit)
      .join(''),
  );
  const called = said.map((digits) => digits.slice(0, digits.length / 2));
  const pushed = service.google.requests.map(({ body }) => body.message.data.code);
  return new Set([...called, ...pushed, ...saidAtKey].filter(Boolean));
}

const logged = (): Haystack =>
  [...service.logLines, ...asking.logLines].map((line) => ({
    where: 'log',
    text: line.replace(/"pid":\d+,/, ''),
  }));

const everything = () => [...logged(), ...answers, ...stores];

test('what is searched is there: codes of both lengths, log lines, answers, both stores', () => {
  const all = [...codes()];
  expect(all.filter((code) => /^\d{4}$/.test(code)).length).toBeGreaterThan(people * 5);
  expect(all.filter((code) => /^\d{8}$/.test(code)).length).toBeGreaterThanOrEqual(people / 5);
  expect(logged().length).toBeGreaterThan(people * 20);
  const text = stores.map((one) => one.text).join('\n');
  expect(saidAtKey.filter((code) => /^\d{4}$/.test(code))).toHaveLength(5);
  expect(text).toMatch(/sealed\W+k1\.2\./);
  for (const expected of ['dc:{', '"code"', '"pending"', 'factors ', 'devices ', 'wrong_guesses '])
    expect(text).toContain(expected);
  expect(answers.some((one) => /code-incorrect/.test(one.text))).toBe(true);
  expect(answers.some((one) => /delivery-failed/.test(one.text))).toBe(true);
  const planted = [{ where: 'here', text: `{"x":"${all[0]}"}` }];
  expect(holdingCodes(planted, codes())).toHaveLength(1);
});

test('no code', () => {
  expect(holdingCodes(everything(), codes())).toEqual([]);
});

test('no phone number, in international or national writing', () => {
  expect(
    holding(
      everything(),
      numbers.map((number) => number.slice(3)),
    ),
  ).toEqual([]);
});

test('no push token', () => {
  expect(holding(everything(), pushTokens)).toEqual([]);
});

test('no API key, and no token of a challenge but in the answer that gives it', () => {
  const keys = Object.values(service.keys).flatMap((key) => [
    key,
    key.replace(/^dck_[0-9a-f]+_/, ''),
  ]);
  expect(holding(everything(), keys)).toEqual([]);
  const signatures = challengeTokens.map((token) => token.split('.').at(-1) ?? token);
  expect(holding([...logged(), ...stores], signatures)).toEqual([]);
});

test('no code in a URL that is given to Twilio, sealed neither', () => {
  expect(urls).toHaveLength(20);
  expect(holdingCodes(urls, codes())).toEqual([]);
});

test('nothing in the address of what the providers are asked', () => {
  const asked = [...service.twilio.requests, ...service.google.requests];
  const paths = asked.map(({ path }) => ({ where: 'path', text: path }));
  expect(holdingCodes(paths, codes())).toEqual([]);
  expect(holding(paths, [...pushTokens, ...numbers.map((number) => number.slice(3))])).toEqual([]);
});
