/** "7 tot 15 getallen; naar keuze met of zonder landnummer", and who may not be called. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { enrolled, problem, somebody, useService } from '../support/service.ts';

const service = useService({ env: { CALL_DENY_PREFIXES: '+3150820, +31698' } });
beforeAll(async () => {
  await service.organization({ policy: 'mandatory', country: 'BE' }, 'belgian');
  await service.organization({ policy: 'mandatory', country: 'US' }, 'american');
});

/** Somebody new types a number; the call to it before is over. */
const add = async (phoneNumber: string, organizationId = 'acme') => {
  await service.advance(30_000);
  const screen = await somebody(service, { organizationId }).signIn();
  return screen.addPhone(phoneNumber);
};
const lastCalled = () => service.twilio.requests.at(-1)?.body['To'];

describe('a number', () => {
  test.each([
    '06 12345678',
    '0612345678',
    '(06) 12345678',
    '+31612345678',
    '+31 (0)6 12345678',
    '0031 6 12345678',
  ])('is called as it was meant: %s', async (spelling) => {
    expect(await add(spelling)).toMatchObject({
      status: 201,
      body: { code: { hint: '316*****78' } },
    });
    expect(lastCalled()).toBe('+31612345678');
  });

  test('without a country code is of the organization’s country', async () => {
    await add('0470 12 34 56', 'belgian');
    expect(lastCalled()).toBe('+32470123456');
    await add('+31 6 12345678', 'belgian');
    expect(lastCalled()).toBe('+31612345678');
    expect(await add('0612345678', 'american')).toMatchObject(problem(422, 'phone-number-invalid'));
  });

  test.each([
    '061234',
    '+3161234567890123',
    '06 1234567',
    'call me',
    '0612345678 ext. 5',
    '06123456٧٨',
    '+31612345678;ext=5',
    '+31612345678\n+4412345678',
    '<Dial>+31612345678',
    '112',
  ])('that is none is refused without a call: %s', async (given) => {
    const calls = service.twilio.requests.length;
    const challenge = { status: 'enrol', code: null };
    expect(await add(given)).toMatchObject(problem(422, 'phone-number-invalid', { challenge }));
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test.each([
    ['premium', '0900 1234567'],
    ['freephone', '0800 1234567'],
    ['machine to machine', '+31 97 012345678'],
    ['a personal number', '+44 70 1234 5678'],
    ['far away', '+1 212 555 0123'],
    ['a satellite', '+881 612 345 678'],
    ['of the exchange itself', '050 820 00 00'],
    ['denied by the operator', '+31698123456'],
  ])('that is %s is not allowed, and not called', async (_kind, given) => {
    const calls = service.twilio.requests.length;
    const answer = await add(given);
    expect(answer.status).toBe(422);
    expect(answer.body.type).toMatch(/destination-not-allowed|phone-number-invalid/);
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test('that may not be called has a problem of its own', async () => {
    const refused = problem(422, 'destination-not-allowed', { challenge: { status: 'enrol' } });
    expect(await add('050 820 00 00')).toMatchObject(refused);
  });

  test('costs no code when it is refused', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    for (let i = 0; i < 6; i += 1) await screen.addPhone('050 820 00 00');
    expect((await screen.addPhone(user.phone)).status).toBe(201);
  });
});

describe('"de taal die is ingesteld voor de organisatie"', () => {
  test.each([
    ['nl-NL', 'nl-NL', 'De code wordt herhaald'],
    ['en-GB', 'en-GB', 'The code will be repeated'],
    ['de-AT', 'de-DE', 'Der Code wird wiederholt'],
    ['fr', 'fr-FR', 'Le code va être répété'],
    ['pt-PT', 'en-GB', 'The code will be repeated'],
  ])(
    'is what the call speaks, for any language of the screens: %s',
    async (language, voice, words) => {
      await service.organization({ policy: 'mandatory', language }, `speaks-${language}`);
      const user = await enrolled(service, { organizationId: `speaks-${language}` });
      const { challenge } = await user.signIn({ language: 'fy-NL' });
      expect(challenge.language).toBe('fy-NL');
      const twiml = service.twilio.requests.at(-1)?.body['Twiml'];
      expect(twiml).toContain(`language="${voice}"`);
      expect(twiml).toContain(words);
      expect((await user.signIn()).challenge.language).toBe(language);
    },
  );
});
