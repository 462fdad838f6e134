/** Each screen of the manual is drawn from one answer: no clock of the screen's own, no text taken apart. */
import { describe, expect, test } from '@jest/globals';
import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';
import { untilCareful, untilLocked } from '../support/guessing.ts';
import { anotherPhone, enrolled, somebody, useService, wrong } from '../support/service.ts';

const service = useService({ env: { TWILIO_FROM: '+31508200000' } });
const busy = useService({ env: { CODES_PER_USER_UNAPPROVED: '1' } });

type Language = 'nl' | 'en';

/** Two languages of a front end. They know the fields of the answer and nothing else. */
const words = {
  en: {
    call: (hint: string, from: string) =>
      `Enter the code you received by number: ${hint} (${from} calls)`,
    push: (app: string, devices: number) =>
      `Enter the code that ${app} shows on ${devices} devices`,
    digits: (length: number) => `${length} digits`,
    left: (attempts: number) => `${attempts} attempts left`,
    resend: (seconds: number) => (seconds > 0 ? `Resend code in ${seconds}` : 'Resend code'),
    other: 'Use another method',
    wait: (seconds: number) => `Try again in ${seconds} seconds`,
    noCode: {
      'not-sent': 'Ask for a code',
      expired: 'The code has expired',
      'attempts-exhausted': 'Ask for a new code',
      withdrawn: 'The code is not valid any more',
      'too-many-requests': 'Too many codes',
      'destination-not-allowed': 'This number cannot be called',
      'no-device': 'No app receives codes',
    } as Record<string, string>,
    enrol: (step: string) => (step === 'primary' ? 'Set up 2FA' : 'Set up a backup'),
    method: (method: string) => (method === 'call' ? 'By phone' : 'In Qaller'),
    unavailable: 'Sign in to Qaller first',
    later: 'Another time',
    mandatoryFrom: (day: string) => `Mandatory from ${day}`,
    locked: (seconds: number) => `Locked for ${seconds} seconds`,
    update: (version: string) => `Update the app to ${version}`,
    ended: (reason: string) => `Back to the login (${reason})`,
    approved: 'Signed in',
  },
  nl: {
    call: (hint: string, from: string) => `Vul de code in die je krijgt op: ${hint} (${from} belt)`,
    push: (app: string, devices: number) =>
      `Vul de code in die ${app} toont op ${devices} toestellen`,
    digits: (length: number) => `${length} cijfers`,
    left: (attempts: number) => `nog ${attempts} pogingen`,
    resend: (seconds: number) => (seconds > 0 ? `Nieuwe code over ${seconds}` : 'Nieuwe code'),
    other: 'Gebruik een andere methode',
    wait: (seconds: number) => `Probeer het over ${seconds} seconden`,
    noCode: {
      'not-sent': 'Vraag een code',
      expired: 'De code is verlopen',
      'attempts-exhausted': 'Vraag een nieuwe code',
      withdrawn: 'De code geldt niet meer',
      'too-many-requests': 'Te veel codes',
      'destination-not-allowed': 'Dit nummer kan niet gebeld worden',
      'no-device': 'Geen app ontvangt codes',
    } as Record<string, string>,
    enrol: (step: string) => (step === 'primary' ? 'Stel 2FA in' : 'Stel een backup in'),
    method: (method: string) => (method === 'call' ? 'Telefonisch' : 'In Qaller'),
    unavailable: 'Log eerst in op Qaller',
    later: 'Een andere keer',
    mandatoryFrom: (day: string) => `Verplicht vanaf ${day}`,
    locked: (seconds: number) => `Geblokkeerd voor ${seconds} seconden`,
    update: (version: string) => `Werk de app bij tot ${version}`,
    ended: (reason: string) => `Terug naar de login (${reason})`,
    approved: 'Ingelogd',
  },
};

function draw(body: ChallengeBody, language: Language): string[] {
  const say = words[language];
  const seconds = (time: string) => Math.ceil((Date.parse(time) - Date.parse(body.now)) / 1000);
  const enter = () => {
    const { code, noCode, factors } = body;
    const others = factors.filter(({ id }) => id !== (code ?? noCode)?.factorId);
    const another = others.length > 0 ? [say.other] : [];
    if (noCode) {
      const wait = noCode.retryAt ? [say.wait(seconds(noCode.retryAt))] : [say.resend(0)];
      const where = noCode.hint ? [noCode.hint] : [];
      return [say.noCode[noCode.reason] ?? noCode.reason, ...where, ...wait, ...another];
    }
    if (!code) throw new Error('neither a code nor a reason');
    const to =
      code.app === null
        ? say.call(code.hint, String(code.from))
        : say.push(code.app, Number(code.devices));
    const state = [say.digits(code.length), say.left(code.attemptsRemaining)];
    return [to, ...state, code.delivery, say.resend(seconds(code.resendAt)), ...another];
  };
  const enrol = () => {
    const { step, skippable, mandatoryFrom, methods, unavailable } = body.enrolment ?? never();
    const impossible = unavailable.map(({ method }) => `${say.method(method)}: ${say.unavailable}`);
    return [
      say.enrol(step),
      ...methods.map(say.method),
      ...impossible,
      ...(skippable ? [say.later] : []),
      ...(mandatoryFrom ? [say.mandatoryFrom(mandatoryFrom)] : []),
    ];
  };
  const screens: Record<string, () => string[]> = {
    verify: enter,
    enrol,
    locked: () => [say.locked(seconds(body.retryAt ?? never()))],
    upgrade_required: () => [say.update(body.minimumVersion ?? never())],
    cancelled: () => [say.ended(body.endReason ?? never())],
    approved: () => [say.approved],
  };
  return (screens[body.status] ?? never)();
}

function never(): never {
  throw new Error('a field is missing for this screen');
}

const inBoth = (body: ChallengeBody) => ({ en: draw(body, 'en'), nl: draw(body, 'nl') });

const hintOf = (phone: string) => `${phone.slice(1, 4)}*****${phone.slice(-2)}`;

describe('one answer draws', () => {
  test('the screen of a code by phone, with its countdown', async () => {
    const user = await enrolled(service);
    const { challenge } = await user.signIn();
    expect(inBoth(challenge)).toEqual({
      en: [
        `Enter the code you received by number: ${hintOf(user.phone)} (+31508200000 calls)`,
        '4 digits',
        '5 attempts left',
        'accepted',
        'Resend code in 30',
      ],
      nl: [
        `Vul de code in die je krijgt op: ${hintOf(user.phone)} (+31508200000 belt)`,
        '4 cijfers',
        'nog 5 pogingen',
        'accepted',
        'Nieuwe code over 30',
      ],
    });
  });

  test('the screen of a code in Qaller, and the other method', async () => {
    const user = somebody(service);
    const device = { id: 'd-1', platform: 'android', pushToken: `token-${user.userId}` };
    const app = { name: 'qaller', version: '3.2.0' };
    const first = await user.signIn({ app, device });
    await first.addPush();
    await first.enter(service.google.codeFor(device.pushToken));
    await first.addPhone(user.phone);
    await first.enter(user.heard());
    const { challenge } = await user.signIn();
    expect(draw(challenge, 'en')).toEqual([
      'Enter the code that Qaller shows on 1 devices',
      '4 digits',
      '5 attempts left',
      'accepted',
      'Resend code in 30',
      'Use another method',
    ]);
  });

  test('why there is no code, also after a reload', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn({ send: false });
    const hint = hintOf(user.phone);
    expect(draw(screen.challenge, 'nl')).toEqual([
      'Vraag een code',
      'Nieuwe code',
      'Gebruik een andere methode',
    ]);
    await screen.send();
    for (let i = 0; i < 5; i += 1) await screen.enter(wrong(user.heard()));
    const exhausted = await screen.look();
    expect(exhausted.body).toMatchObject({
      codesRemaining: 4,
      accepts: ['code', 'recoveryCode', 'pass'],
    });
    expect(draw(exhausted.body, 'en')).toEqual(['Ask for a new code', hint, 'Resend code']);
    await screen.send();
    await service.advance(31_000);
    expect(draw((await screen.look()).body, 'en')).toEqual([
      'The code has expired',
      hint,
      'Resend code',
    ]);
  });

  test('that too many codes were sent, until when, also after a reload', async () => {
    const user = await enrolled(busy);
    await user.signIn();
    const screen = await user.signIn();
    const reloaded = (await screen.look()).body;
    expect(reloaded.noCode).toMatchObject({
      reason: 'too-many-requests',
      hint: hintOf(user.phone),
    });
    const [title, hint, wait] = draw(screen.challenge, 'nl');
    expect([title, hint]).toEqual(['Te veel codes', hintOf(user.phone)]);
    expect(wait).toMatch(/^Probeer het over (8\d\d|900) seconden$/);
  });

  test('the screens of the set-up, and what cannot be set up now', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    expect(inBoth(screen.challenge)).toEqual({
      en: ['Set up 2FA', 'By phone', 'In Qaller: Sign in to Qaller first'],
      nl: ['Stel 2FA in', 'Telefonisch', 'In Qaller: Log eerst in op Qaller'],
    });
    await screen.addPhone(user.phone);
    const backup = (await screen.enter(user.heard())).body;
    expect(draw(backup, 'en')).toEqual([
      'Set up a backup',
      'By phone',
      'In Qaller: Sign in to Qaller first',
      'Another time',
    ]);
    const confirming = (await screen.addPhone(anotherPhone)).body;
    expect(draw(confirming, 'en')[0]).toContain(hintOf(anotherPhone));
    expect(draw((await screen.skip()).body, 'en')).toEqual(['Signed in']);
  });

  test('the day from which 2FA is mandatory', async () => {
    const mandatoryFrom = '2999-03-01T00:00:00.000Z';
    await service.organization({ policy: 'optional', mandatoryFrom }, 'soon');
    const screen = await somebody(service, { organizationId: 'soon' }).signIn();
    const drawn = inBoth(screen.challenge);
    expect(drawn.en.slice(-2)).toEqual(['Another time', `Mandatory from ${mandatoryFrom}`]);
    expect(drawn.nl.slice(-2)).toEqual(['Een andere keer', `Verplicht vanaf ${mandatoryFrom}`]);
  });

  test('the end of each kind', async () => {
    const old = somebody(service);
    const upgrade = await old.signIn({ app: { name: 'qaller', version: '3.1.0' } });
    expect(draw(upgrade.challenge, 'nl')).toEqual(['Werk de app bij tot 3.2.0']);

    const user = await enrolled(service);
    const screen = await user.signIn();
    await screen.cancel();
    expect(draw((await screen.look()).body, 'en')).toEqual(['Back to the login (user)']);

    const guesser = await enrolled(service);
    const guessed = await guesser.signIn();
    for (let code = 1; code < 5; code += 1) {
      await service.advance(31_000);
      await guessed.send();
    }
    await service.advance(31_000);
    expect(draw((await guessed.look()).body, 'en')).toEqual(['Back to the login (used-up)']);
  });

  test('the screens of careful mode and of a lock', async () => {
    const user = await enrolled(service);
    await untilCareful(user);
    const screen = await user.signIn();
    expect(draw(screen.challenge, 'nl')[1]).toBe('8 cijfers');
    await untilLocked(user);
    const locked = (await screen.look()).body;
    expect(locked.accepts).toEqual(['recoveryCode', 'pass']);
    expect(draw(locked, 'en')).toEqual([expect.stringMatching(/^Locked for 8[67]\d\d\d seconds$/)]);
  });
});
