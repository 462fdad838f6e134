import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import { leftAloneMs } from '../../src/adapters/channels/breaker.ts';
import { heardTwiceMs } from '../../src/adapters/channels/spoken-code.ts';
import {
  aMessage,
  callsThrough,
  keptLog,
  number,
  pushesThrough,
} from '../support/fakes/channels.ts';
import { onlyTimeouts } from '../support/fakes/clocks.ts';
import { startFakeGoogle } from '../support/fakes/google.ts';
import type { Failure } from '../support/fakes/tls.ts';
import { digitsSaid, startFakeTwilio } from '../support/fakes/twilio.ts';
import { boundMs } from '../support/limits.ts';

let twilio: Awaited<ReturnType<typeof startFakeTwilio>>;
beforeAll(async () => {
  twilio = await startFakeTwilio();
});
afterAll(() => twilio.close());
beforeEach(() => {
  twilio.answerWith('success');
  twilio.requests.length = 0;
});
afterEach(() => {
  jest.useRealTimers();
});

async function twimlOf(
  changes: Parameters<typeof aMessage>[0],
  settings: Parameters<typeof callsThrough>[1] = {},
): Promise<string> {
  await callsThrough(twilio, settings).deliver(aMessage(changes));
  return twilio.requests.at(-1)?.body['Twiml'] ?? '';
}

const sentences = (twiml: string) =>
  [...twiml.matchAll(/<Say[^>]*>([^<]{2,})<\/Say>/g)].map(([, words]) => words);

test('a code is one request, that rings at most 25 seconds from our number', async () => {
  const outcome = await callsThrough(twilio).deliver(aMessage());
  expect(outcome).toEqual({ delivery: 'accepted', callId: twilio.sidOf(number) });
  expect(twilio.requests).toHaveLength(1);
  expect(twilio.requests[0]?.body).toMatchObject({
    To: number,
    From: '+31508200000',
    Timeout: '25',
  });
  expect(twilio.codeFor(number)).toBe('0123');
});

test("a call goes out over the exchange's own trunk where one is set, else as Twilio chooses", async () => {
  const byocTrunk = `BY${'0'.repeat(32)}`;
  await callsThrough(twilio, { byocTrunk }).deliver(aMessage());
  await callsThrough(twilio).deliver(aMessage());
  expect(twilio.requests.map(({ body }) => body['Byoc'])).toEqual([byocTrunk, undefined]);
  expect(twilio.requests[0]?.body).toMatchObject({ To: number, From: '+31508200000' });
});

test('no code is in any URL', async () => {
  await callsThrough(twilio).deliver(aMessage({ code: '9876' }));
  const [request] = twilio.requests;
  expect(request?.path).not.toContain('9876');
  expect(request?.body).not.toHaveProperty('Url');
  expect(JSON.stringify(request?.headers)).not.toContain('9876');
});

test.each([
  ['an auth token', {}, /^AC\w+:secret$/],
  ['an API key', { authToken: undefined, apiKey: 'SK1', apiSecret: 'shh' }, /^SK1:shh$/],
])('it signs in with %s', async (_, settings, expected) => {
  const outcome = await callsThrough(twilio, settings).deliver(aMessage());
  const header = twilio.requests[0]?.headers.authorization ?? '';
  expect(outcome.delivery).toBe('accepted');
  expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toMatch(expected);
  expect(twilio.requests[0]?.path).toContain('/Accounts/AC');
});

describe('what is said', () => {
  test.each([
    ['nl-NL', 'De code wordt herhaald'],
    ['en-GB', 'The code will be repeated'],
    ['de-DE', 'Der Code wird wiederholt'],
    ['fr-FR', 'Le code va être répété'],
    ['es-ES', 'El código se repetirá'],
  ])('%s: the digits one by one, twice, with a sentence between', async (language, repeated) => {
    const twiml = await twimlOf({ voiceLanguage: language, code: '0071' });
    expect(digitsSaid(twiml)).toEqual({ first: '0071', again: '0071' });
    expect(new Set(twiml.match(/language="[^"]+"/g))).toEqual(new Set([`language="${language}"`]));
    expect(sentences(twiml)).toHaveLength(3);
    expect(sentences(twiml)[0]).toContain('Callvoip');
    const [before = '', after = ''] = twiml.split(repeated);
    expect(before.match(/<Say[^>]*>\d<\/Say><Pause/g)).toHaveLength(4);
    expect(after.match(/<Say[^>]*>\d<\/Say><Pause/g)).toHaveLength(4);
  });

  test.each([
    ['nl-NL', 'Druk dan op de 9'],
    ['en-GB', 'press 9'],
    ['de-DE', 'drücke die 9'],
    ['fr-FR', 'appuyez sur le 9'],
    ['es-ES', 'pulsa el 9'],
  ])(
    '%s: at the end, how to say that it was somebody else; a key counts all the time',
    async (language, words) => {
      const twiml = await twimlOf(
        { voiceLanguage: language },
        { publicUrl: 'https://2fa.example' },
      );
      const [, gather, inside, after] =
        /^<\?xml[^>]*><Response>(<Gather[^>]*>)(.*)<\/Gather>(.*)<\/Response>$/.exec(twiml) ?? [];
      expect(gather).toMatch(
        /action="https:\/\/2fa\.example\/webhooks\/twilio\/calls\/[\w.-]+\/key"/,
      );
      expect(gather).toContain('numDigits="1"');
      expect(digitsSaid(inside ?? '')).toEqual({ first: '0123', again: '0123' });
      expect(sentences(inside ?? '').at(-1)).toContain(words);
      expect(after).toBe('');
      expect(await twimlOf({ voiceLanguage: language })).not.toMatch(/<Gather|9/);
    },
  );

  test('eight digits are said in two groups of four', async () => {
    const twiml = await twimlOf({ code: '01234567' });
    const pauses = [...twiml.matchAll(/<Pause length="(\d)"\/>/g)].map(([, length]) => length);
    expect(digitsSaid(twiml)).toEqual({ first: '01234567', again: '01234567' });
    expect(pauses.join('')).toBe('1111');
    expect(twiml.split('<Pause')[0]?.match(/>\d</g)).toHaveLength(4);
  });

  test.each(['nl-NL', 'en-GB', 'de-DE', 'fr-FR', 'es-ES'])(
    '%s: eight digits stay below the 4000 characters that Twilio takes, with the longest ids too',
    async (language) => {
      const longest = '𝄞'.repeat(128);
      const { ref } = aMessage();
      const challenge = { ...ref.challenge, organizationId: longest, userId: longest };
      const message = {
        ref: { challenge, codeId: ref.codeId, line: 'l'.repeat(43), confirms: true },
        voiceLanguage: language,
        code: '01234567',
      };
      const settings = { publicUrl: 'https://a-rather-long-name.of-a-service.example/with/a/path' };
      expect((await twimlOf(message, settings)).length).toBeLessThan(4000);
    },
  );

  test.each([
    ['nl-BE', 'nl-NL'],
    ['nl', 'nl-NL'],
    ['de-AT', 'de-DE'],
    ['fr-CA', 'fr-FR'],
    ['es-MX', 'es-ES'],
    ['en-US', 'en-GB'],
    ['DE-ch', 'de-DE'],
    ['pl-PL', 'en-GB'],
    ['fy-NL', 'en-GB'],
    ['not a language', 'en-GB'],
  ])('an organization that speaks %s hears %s', async (asked, spoken) => {
    expect(await twimlOf({ voiceLanguage: asked })).toContain(`<Say language="${spoken}">`);
  });
});

test.each(
  ['nl-NL', 'en-GB', 'de-DE', 'fr-FR', 'es-ES'].flatMap((language) => [
    [language, '0123'],
    [language, '01234567'],
  ]),
)('%s: %s is heard twice in full with time left to enter it', (language, code) => {
  const codeLifeMs = 30_000;
  expect(heardTwiceMs(code, language)).toBeLessThan(codeLifeMs - 4_000);
});

describe('when Twilio fails', () => {
  test.each<Failure>([400, 401, 404, 429, 503])(
    '%s: the call is surely not placed, and is asked for once',
    async (failure) => {
      twilio.answerWith(failure);
      expect(await callsThrough(twilio).deliver(aMessage())).toEqual({ delivery: 'not-placed' });
      expect(twilio.requests).toHaveLength(1);
    },
  );

  test.each<Failure>([500, 'drop', 'html', 'empty', 'huge', 'redirect'])(
    '%s: the call has failed but may be placed, and is asked for once',
    async (failure) => {
      twilio.answerWith(failure);
      expect(await callsThrough(twilio).deliver(aMessage())).toEqual({ delivery: 'failed' });
      expect(twilio.requests).toHaveLength(1);
    },
  );

  test.each<Failure>(['hang', 'drip'])(
    '%s: the call has failed within the limit, and no second request follows',
    async (failure) => {
      twilio.answerWith(failure);
      const calls = callsThrough(twilio, { limitMs: 2_000 });
      const started = performance.now();
      expect(await calls.deliver(aMessage())).toEqual({ delivery: 'failed' });
      expect(performance.now() - started).toBeLessThan(boundMs);
      twilio.answerWith('success');
      expect(await calls.deliver(aMessage())).toMatchObject({ delivery: 'accepted' });
      expect(twilio.requests).toHaveLength(2);
    },
  );

  test('nothing listens: the call is not placed', async () => {
    const nowhere = { connection: { host: '127.0.0.1', port: 1 } };
    expect(await callsThrough(nowhere).deliver(aMessage())).toEqual({ delivery: 'not-placed' });
  });

  test('an impostor without a trusted certificate gets nothing', async () => {
    const { ca: _, ...connection } = twilio.connection;
    const outcome = await callsThrough({ connection }).deliver(aMessage());
    expect(outcome).toEqual({ delivery: 'not-placed' });
    expect(twilio.requests).toHaveLength(0);
  });

  test.each<Failure>([400, 429, 500, 'html', 'drop'])(
    '%s: the log says so with neither code nor number',
    async (failure) => {
      twilio.answerWith(failure);
      const log = keptLog();
      await callsThrough(twilio, { log }).deliver(aMessage({ code: '73917391' }));
      expect(log.lines).toHaveLength(1);
      expect(log.lines[0]).toContain('"provider":"twilio"');
      expect(log.lines.join()).not.toMatch(/73917391|612345678|Response>/);
    },
  );

  test("Twilio's own status and error code are in the log", async () => {
    twilio.answerWith(400);
    const log = keptLog();
    await callsThrough(twilio, { log }).deliver(aMessage());
    expect(JSON.parse(log.lines[0] ?? '')).toMatchObject({ status: 400, code: 21211 });
  });
});

describe('while Twilio fails', () => {
  test('a code fails at once, without a request, until Twilio is tried again and works', async () => {
    onlyTimeouts();
    twilio.answerWith(500);
    const calls = callsThrough(twilio);
    for (let call = 0; call < 5; call += 1) await calls.deliver(aMessage());
    twilio.answerWith('success');
    expect(await calls.deliver(aMessage())).toEqual({ delivery: 'not-placed' });
    await calls.hangUp?.(`CA${'0'.repeat(32)}`);
    expect(twilio.requests).toHaveLength(5);
    expect(twilio.hangUps).toEqual([]);
    jest.advanceTimersByTime(leftAloneMs);
    expect(await calls.deliver(aMessage())).toMatchObject({ delivery: 'accepted' });
    expect(await calls.deliver(aMessage())).toMatchObject({ delivery: 'accepted' });
    expect(twilio.requests).toHaveLength(7);
  });

  test('push messages go out', async () => {
    const google = await startFakeGoogle();
    twilio.answerWith(500);
    const [calls, pushes] = [callsThrough(twilio), pushesThrough(google)];
    for (let call = 0; call < 6; call += 1) await calls.deliver(aMessage());
    expect(await pushes.deliver(aMessage())).toEqual({ delivery: 'accepted' });
    await google.close();
  });
});

test('numbers that Twilio refuses do not stop calls to others', async () => {
  const calls = callsThrough(twilio);
  twilio.answerWith(400);
  for (let call = 0; call < 10; call += 1) await calls.deliver(aMessage());
  twilio.answerWith('success');
  expect(await calls.deliver(aMessage())).toMatchObject({ delivery: 'accepted' });
});
