/** Each screen of the manual is drawn from one answer: no clock of the screen's own, no text taken apart. */
import { describe, expect, test } from '@jest/globals';
import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';
import { editing } from '../support/edits.ts';
import { untilCareful, untilLocked } from '../support/guessing.ts';
import { callTo } from '../support/key-first.ts';
import { anotherPhone, enrolled, somebody, useService, wrong } from '../support/service.ts';
import { owner, withBackup } from '../support/settings-page.ts';

const service = useService({ env: { TWILIO_FROM: '+31508200000' } });
const reported = useService({ env: { PUBLIC_URL: 'https://2fa.example' } });
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
      denied: 'Your phone said that it was not you',
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
    ended: {
      user: 'You signed out',
      'used-up': 'Too many codes or guesses',
      denied: 'It was not you',
      withdrawn: 'Replaced by another',
      expired: 'It took too long',
    } as Record<string, string>,
    edit: 'Edit 2FA',
    factor: (role: string, hint: string) => `${role}: ${hint}`,
    add: (method: string) => `Add: ${method}`,
    full: 'Remove a method first',
    codes: (count: number) => `${count} recovery codes left`,
    done: 'Done',
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
      denied: 'Je telefoon zei dat jij het niet was',
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
    ended: {
      user: 'Je bent uitgelogd',
      'used-up': 'Te veel codes of pogingen',
      denied: 'Jij was het niet',
      withdrawn: 'Vervangen door een andere',
      expired: 'Het duurde te lang',
    } as Record<string, string>,
    edit: 'Bewerk 2FA',
    factor: (role: string, hint: string) =>
      `${role === 'primary' ? 'primair' : 'secundair'}: ${hint}`,
    add: (method: string) => `Toevoegen: ${method}`,
    full: 'Verwijder eerst een methode',
    codes: (count: number) => `nog ${count} herstelcodes`,
    done: 'Klaar',
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
  const edit = () => {
    const { methods, unavailable, recoveryCodesRemaining } = body.edit ?? never();
    const why = (reason: string) => (reason === 'too-many-factors' ? say.full : say.unavailable);
    return [
      say.edit,
      ...body.factors.map(({ role, hint }) => say.factor(role, hint)),
      ...methods.map((method) => say.add(say.method(method))),
      ...unavailable.map(({ method, reason }) => `${say.method(method)}: ${why(reason)}`),
      say.codes(recoveryCodesRemaining),
      say.done,
    ];
  };
  const screens: Record<string, () => string[]> = {
    verify: enter,
    enrol,
    edit,
    locked: () => [say.locked(seconds(body.retryAt ?? never()))],
    upgrade_required: () => [say.update(body.minimumVersion ?? never())],
    cancelled: () => [say.ended[body.endReason ?? ''] ?? never()],
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
    expect(draw((await screen.look()).body, 'en')).toEqual(['You signed out']);

    const guesser = await enrolled(service);
    const guessed = await guesser.signIn();
    for (let code = 1; code < 5; code += 1) {
      await service.advance(31_000);
      await guessed.send();
    }
    await service.advance(31_000);
    expect(draw((await guessed.look()).body, 'en')).toEqual(['Too many codes or guesses']);
  });

  test('the end of each kind, for a backend too: who ended it, and what', async () => {
    const byKey = async (id: string) =>
      (await service.call('GET', `/v1/challenges/${id}`, { bearer: service.keys.panel })).body;
    const late = await (await enrolled(service)).signIn();
    await service.advance(10 * 60_000);
    expect(draw(await byKey(late.challenge.id), 'nl')).toEqual(['Het duurde te lang']);

    const { page } = await owner(service);
    const replaced = (await page.add(somebody(service).phone)).body.id;
    await page.add(somebody(service).phone);
    expect(draw(await byKey(replaced), 'en')).toEqual(['Replaced by another']);

    const user = await enrolled(reported);
    const screen = await user.signIn();
    await callTo(reported, user.phone).press('9');
    expect(inBoth((await screen.look()).body)).toEqual({
      en: ['It was not you'],
      nl: ['Jij was het niet'],
    });
    const next = await user.signIn();
    const [title, hint, wait] = draw(next.challenge, 'nl');
    expect([title, hint]).toEqual(['Je telefoon zei dat jij het niet was', hintOf(user.phone)]);
    expect(wait).toMatch(/^Probeer het over (8[89]\d|900) seconden$/);
    expect(draw((await next.look()).body, 'nl')[0]).toBe(title);
  });

  test('"Bewerk 2FA": the methods, what can be added, and the recovery codes', async () => {
    const { user, backup } = await withBackup(service);
    const screen = await editing(user);
    await screen.makeCodes();
    expect(inBoth((await screen.look()).body)).toEqual({
      en: [
        'Edit 2FA',
        `primary: ${hintOf(user.phone)}`,
        `secondary: ${hintOf(backup)}`,
        'Add: By phone',
        'In Qaller: Sign in to Qaller first',
        '10 recovery codes left',
        'Done',
      ],
      nl: [
        'Bewerk 2FA',
        `primair: ${hintOf(user.phone)}`,
        `secundair: ${hintOf(backup)}`,
        'Toevoegen: Telefonisch',
        'In Qaller: Log eerst in op Qaller',
        'nog 10 herstelcodes',
        'Klaar',
      ],
    });
    const adding = (await screen.addPhone(somebody(service).phone)).body;
    expect(draw(adding, 'en')[0]).toContain('Enter the code you received by number');
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
