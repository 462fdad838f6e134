/** Section 3 of the manual, sentence by sentence. */
import { describe, expect, test } from '@jest/globals';
import { digitsSaid } from '../support/fakes/twilio.ts';
import { enrolled, problem, somebody, useService, wrong } from '../support/service.ts';
import { withBackup } from '../support/settings-page.ts';

const service = useService();

const lastCall = () => service.twilio.requests.at(-1)?.body ?? {};
const aQaller = (userId: string) => ({
  app: { name: 'qaller', version: '3.2.0' },
  device: { id: `d-${userId}`, platform: 'android', pushToken: `token-${userId}` },
});

/** A user who chose codes on Qaller, and how they receive them. */
async function onQaller() {
  const user = somebody(service);
  const login = aQaller(user.userId);
  const heard = () => service.google.codeFor(login.device.pushToken);
  const screen = await user.signIn(login);
  await screen.addPush();
  await screen.enter(heard());
  await screen.skip();
  return { ...user, heard, login };
}

describe('3. Inloggen als 2FA is ingeschakeld', () => {
  test('Ga naar www.callvoip.nl/login en log in op de gebruikelijke manier, met je gebruikersnaam en je wachtwoord', async () => {
    const user = await enrolled(service);
    const { challenge } = await user.signIn({ app: { name: 'company-panel' } });
    expect(challenge).toMatchObject({ status: 'verify', result: null });
  });

  test('Na het inloggen kom je op de 2FA pagina waar je de verificatiecode kunt invullen.', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    expect(screen.challenge).toMatchObject({ status: 'verify', code: { length: 4 } });
    expect((await screen.enter(user.heard())).status).toBe(200);
  });

  test('Deze ontvang je als gesprek op je mobiele telefoon of als een code op Qaller, al naar gelang de voorkeuren die je hebt doorgegeven.', async () => {
    const byPhone = await enrolled(service);
    expect((await byPhone.signIn()).challenge.code?.method).toBe('call');
    expect(lastCall()['To']).toBe(byPhone.phone);
    const byQaller = await onQaller();
    const before = byQaller.heard();
    const calls = service.twilio.requests.length;
    const screen = await byQaller.signIn();
    expect(screen.challenge.code?.method).toBe('push');
    expect(before).not.toBeNull();
    expect(service.twilio.requests).toHaveLength(calls);
    expect((await screen.enter(byQaller.heard())).body.status).toBe('approved');
  });

  test('Je wordt nu automatisch doorgestuurd naar de telefooncentrale.', async () => {
    const user = await enrolled(service);
    const { result } = (await (await user.signIn()).enter(user.heard())).body;
    const body = { token: result.token };
    const answer = await service.call('POST', '/v1/results/redeem', {
      bearer: service.keys.panel,
      body,
    });
    expect(answer).toMatchObject({ status: 200, body: { sub: user.userId, org: 'acme' } });
  });
});

describe('3.1 Telefonische verificatiecode', () => {
  test('dan ontvang je een oproep waarin je de verificatiecode te horen krijgt. De code wordt herhaald.', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const { To, Twiml = '' } = lastCall();
    const { first, again } = digitsSaid(Twiml);
    expect(To).toBe(user.phone);
    expect(again).toBe(first);
    expect((await screen.enter(first)).body.status).toBe('approved');
  });

  test.each([
    ['nl-NL', 'nl-NL'],
    ['de-DE', 'de-DE'],
    ['fr-FR', 'fr-FR'],
    ['en-GB', 'en-GB'],
  ])(
    'Hiervoor wordt de taal gebruikt die is ingesteld voor de organisatie. (%s)',
    async (language, spoken) => {
      await service.organization({ policy: 'mandatory', language }, language);
      const user = await enrolled(service, { organizationId: language });
      await user.signIn({ language: language === 'nl-NL' ? 'en-GB' : 'nl-NL' });
      expect(lastCall()['Twiml']).toContain(`language="${spoken}"`);
    },
  );

  test('De code moet binnen 30 seconden worden ingevuld; na 30 seconden is de inlogsessie verlopen.', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const { sentAt = '', expiresAt = '' } = screen.challenge.code ?? {};
    expect(Date.parse(expiresAt) - Date.parse(sentAt)).toBe(30_000);
    await service.advance(30_000);
    expect(await screen.enter(user.heard())).toMatchObject(problem(410, 'code-expired'));
  });

  test('Als dat gebeurt, klik dan in het scherm op [Resend code] om een nieuwe oproep te krijgen.', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const calls = service.twilio.requests.length;
    await service.advance(30_000);
    expect((await screen.send()).status).toBe(202);
    expect(service.twilio.requests).toHaveLength(calls + 1);
    expect(lastCall()['To']).toBe(user.phone);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('Enter the verification code you received by number: 311*****00.', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    await screen.addPhone('0101234500');
    expect((await screen.look()).body.code.hint).toBe('311*****00');
  });

  test('Resend code in 26', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    await service.advance(4_000);
    const early = await screen.send();
    expect(early).toMatchObject(problem(429, 'resend-too-early'));
    const seconds = Number(early.headers['retry-after']);
    expect(seconds).toBeLessThanOrEqual(26);
    await service.advance(seconds * 1000);
    expect((await screen.send()).status).toBe(202);
  });

  test('Use another method', async () => {
    const { user, backup } = await withBackup(service);
    const screen = await user.signIn();
    const [, other] = screen.challenge.factors;
    expect((await screen.send({ factorId: other?.id })).status).toBe(202);
    expect((await screen.enter(service.twilio.codeFor(backup))).body.status).toBe('approved');
  });
});

describe('3.2 Verificatiecode via Pushbericht op de Qaller app', () => {
  test('Heb je gekozen om code via Qaller te krijgen, dan verschijnt er een push notificatie in de Qaller app.', async () => {
    const user = await onQaller();
    await user.signIn();
    const { token, notification, data } = service.google.requests.at(-1)?.body.message ?? {};
    expect(token).toBe(user.login.device.pushToken);
    expect(notification?.body).toContain(data?.code);
  });

  test('Heb je de code na 30 seconden nog niet ingevuld, klik dan op [Resend code] om nogmaals om een code via pushbericht te krijgen.', async () => {
    const user = await onQaller();
    const screen = await user.signIn();
    await service.advance(30_000);
    const sent = service.google.requests.length;
    expect((await screen.send()).body.code.method).toBe('push');
    expect(service.google.requests).toHaveLength(sent + 1);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('Belangrijk: als 2FA wordt ingeschakeld op het moment dat je bent ingelogd, blijf je ingelogd.', async () => {
    await service.organization({ policy: 'off' }, 'switching');
    const session = await somebody(service, { organizationId: 'switching' }).signIn();
    await service.organization({ policy: 'mandatory' }, 'switching');
    expect((await session.look()).body).toMatchObject({ status: 'approved' });
    const { token } = session.challenge.result ?? {};
    const { panel: bearer } = service.keys;
    const redeemed = await service.call('POST', '/v1/results/redeem', { bearer, body: { token } });
    expect(redeemed.status).toBe(200);
  });

  test('Je krijgt de 2FA instellingspagina dan bij de eerstvolgende login poging.', async () => {
    await service.organization({ policy: 'off' }, 'switched');
    const user = somebody(service, { organizationId: 'switched' });
    await user.signIn();
    await service.organization({ policy: 'mandatory' }, 'switched');
    expect((await user.signIn()).challenge.status).toBe('enrol');
  });

  test.each([
    ['Qaller: versie 3.2.0', 'qaller', '3.2.0', '3.1.99'],
    ['Vamos: versie 1.3.0', 'vamos', '1.3.0', '1.2.0'],
  ])(
    '2FA werkt met deze versies van de Qaller en VAMOS app: %s',
    async (_line, name, works, old) => {
      const user = await enrolled(service);
      expect((await user.signIn({ app: { name, version: works } })).challenge.status).toBe(
        'verify',
      );
      expect((await user.signIn({ app: { name, version: old } })).challenge).toMatchObject({
        status: 'upgrade_required',
        minimumVersion: works,
      });
    },
  );
});

describe('3.3 Verificatiecode', () => {
  test('De verificatiecode is een 4-cijferige code die elke keer anders is', async () => {
    const user = await enrolled(service);
    const codes = [];
    for (let i = 0; i < 8; i += 1) {
      const screen = await user.signIn();
      codes.push(user.heard());
      await screen.enter(user.heard());
    }
    for (const code of codes) expect(code).toMatch(/^\d{4}$/);
    expect(new Set(codes).size).toBeGreaterThan(4);
  });

  test('de code is 30 seconden geldig.', async () => {
    const user = await enrolled(service);
    const inTime = await user.signIn();
    await service.advance(25_000);
    expect((await inTime.enter(user.heard())).body.status).toBe('approved');
    const late = await user.signIn();
    await service.advance(30_000);
    expect((await late.enter(user.heard())).status).toBe(410);
  });

  test('Ben je te laat met invullen, dan verloopt de authenticatiepoging en kun je [Resend code] kiezen', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    await service.advance(31_000);
    expect((await screen.look()).body).toMatchObject({ status: 'verify', code: null });
    expect((await screen.send()).body.code).toMatchObject({ attemptsRemaining: 5 });
  });

  test('Als de code niet correct is verschijnt een waarschuwing met het verzoek om het opnieuw te proberen.', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const warning = problem(422, 'code-incorrect', { attemptsRemaining: 4 });
    expect(await screen.enter(wrong(user.heard()))).toMatchObject(warning);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('Er zijn 5 inlogpogingen. Is de code dan nog niet correct, dan wordt je gevraagd om een nieuwe code op te vragen.', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    for (let left = 4; left > 0; left -= 1)
      expect((await screen.enter(wrong(user.heard()))).body.attemptsRemaining).toBe(left);
    const exhausted = problem(429, 'attempts-exhausted', { challenge: { code: null } });
    expect(await screen.enter(wrong(user.heard()))).toMatchObject(exhausted);
    expect((await screen.enter(user.heard())).status).not.toBe(200);
    expect((await screen.send()).status).toBe(202);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });
});

describe('3.4 Waar is de UITLOG-BUTTON voor bedoeld?', () => {
  test('Deze button kun je gebruiken als je de factor-configuratie of inlogpoging wilt beëindigen.', async () => {
    const configuring = await somebody(service).signIn();
    const user = await enrolled(service);
    for (const screen of [configuring, await user.signIn()]) {
      expect((await screen.cancel()).status).toBe(204);
      expect((await screen.look()).body).toMatchObject({ status: 'cancelled', result: null });
    }
  });

  test('Elke volgende loginpoging verschijnt deze pagina opnieuw tot dat de instellingen compleet zijn.', async () => {
    const user = somebody(service);
    for (let i = 0; i < 2; i += 1) {
      const screen = await user.signIn();
      expect(screen.challenge.enrolment?.step).toBe('primary');
      await screen.cancel();
    }
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    await screen.enter(user.heard());
    await screen.skip();
    expect((await user.signIn()).challenge.enrolment).toBeNull();
  });
});
