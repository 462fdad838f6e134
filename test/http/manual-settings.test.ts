/** Sections 4 and 5 of the manual, sentence by sentence. */
import { describe, expect, test } from '@jest/globals';
import { atScreen, enrolled, problem, somebody, useService } from '../support/service.ts';
import { addConfirmed, atSettings, owner, prove, withBackup } from '../support/settings-page.ts';

const service = useService();

describe('4. 2FA instellingen wijzigen', () => {
  test('Zodra [Bewerk 2FA] wordt gekozen verschijnt een overzicht van de instellingen', async () => {
    const { user, page, backup } = await withBackup(service);
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [backup] });
  });

  test('Hier kun je: een andere verificatiemethode toevoegen', async () => {
    const { user, page } = await owner(service);
    const { phone } = somebody(service);
    await addConfirmed(service, page, phone);
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [phone] });
  });

  test('Hier kun je: een bestaande verificatiemethode verwijderen', async () => {
    const { user, page, backup } = await withBackup(service);
    expect((await page.remove(await page.idOf(backup))).status).toBe(204);
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [] });
  });

  test('Hier kun je: bepalen welke methode primair is en welke secundair', async () => {
    const { user, page, backup } = await withBackup(service);
    await page.promote(await page.idOf(backup));
    expect(await page.numbers()).toEqual({ primary: backup, secondary: [user.phone] });
    await user.signIn();
    expect(service.twilio.requests.at(-1)?.body['To']).toBe(backup);
  });

  test('Belangrijk: de [Bewerk 2FA] optie in het UC Panel van elke gebruiker is alleen toegankelijk voor de gebruiker die zichzelf inlogt', async () => {
    const { user, page, challengeId } = await owner(service);
    const colleague = await enrolled(service);
    const visit = { userId: user.userId, actor: colleague.userId, challengeId };
    const refused = problem(403, 'actor-not-owner');
    expect(await atSettings(service, visit).list()).toMatchObject(refused);
    expect((await page.list()).status).toBe(200);
  });

  test('de optie is niet zichtbaar als een beheerder doorklikt naar het UC Panel van een gebruiker.', async () => {
    const { user, challengeId } = await owner(service);
    const beheerder = await enrolled(service);
    const own = await prove(beheerder);
    for (const proof of [challengeId, own]) {
      const visit = { userId: user.userId, actor: beheerder.userId, challengeId: proof };
      const page = atSettings(service, visit);
      const refused = problem(403, 'actor-not-owner');
      for (const answer of [await page.list(), await page.add(beheerder.phone), await page.read()])
        expect(answer).toMatchObject(refused);
    }
  });
});

describe('5. Inloggen op de apps met 2FA ingeschakeld', () => {
  const apps = [
    ['Qaller', { name: 'qaller', version: '3.2.0' }],
    ['Vamos', { name: 'vamos', version: '1.3.0' }],
  ] as const;

  test.each(apps)(
    'Zodra 2FA voor een organisatie is ingeschakeld zal de volgende login op %s ook een extra authenticatie vragen',
    async (name, app) => {
      await service.organization({ policy: 'mandatory' }, name);
      const user = await enrolled(service, { organizationId: name });
      await service.organization({ policy: 'off' }, name);
      expect((await user.signIn({ app })).challenge.status).toBe('approved');
      await service.organization({ policy: 'mandatory' }, name);
      expect((await user.signIn({ app })).challenge.status).toBe('verify');
    },
  );

  test.each(apps)(
    'Na de gebruikelijk login wordt je doorgestuurd naar de 2FA autorisatiepagina. (%s)',
    async (_name, app) => {
      const user = await enrolled(service);
      const bearer = service.keys.qaller;
      const screen = await user.signIn({ app }, { bearer });
      expect(screen.challenge).toMatchObject({
        status: 'verify',
        challengeToken: expect.anything(),
      });
    },
  );

  test.each(apps)(
    'Hier kun je: authenticeren met de primaire of secundaire 2FA methode (%s)',
    async (_name, app) => {
      const { user, backup } = await withBackup(service);
      const primary = await user.signIn({ app });
      expect((await primary.enter(user.heard())).body.status).toBe('approved');
      const secondary = await user.signIn({ app });
      await secondary.send({ factorId: secondary.challenge.factors[1]?.id });
      const entered = await secondary.enter(service.twilio.codeFor(backup));
      expect(entered.body.status).toBe('approved');
    },
  );

  test.each(apps)('de app %s start nu op de gebruikelijke manier op', async (_name, app) => {
    const user = await enrolled(service);
    const { qaller: bearer } = service.keys;
    const screen = await user.signIn({ app }, { bearer });
    const { token } = (await screen.enter(user.heard())).body.result;
    const redeemed = await service.call('POST', '/v1/results/redeem', { bearer, body: { token } });
    expect(redeemed).toMatchObject({ status: 200, body: { app: app.name, aud: 'qaller' } });
  });

  test.each(apps)(
    'Als een gebruiker nog geen 2FA heeft geconfigureerd, dan kan dit ook via de %s app.',
    async (_name, app) => {
      const user = somebody(service);
      const answer = await service.start(
        { userId: user.userId, app },
        { bearer: service.keys.qaller },
      );
      const screen = atScreen(service, answer);
      expect(screen.challenge).toMatchObject({ status: 'enrol', enrolment: { step: 'primary' } });
      await screen.addPhone(user.phone);
      await screen.enter(user.heard());
      expect((await screen.skip()).body.status).toBe('approved');
      expect((await user.signIn()).challenge.status).toBe('verify');
    },
  );

  test('Log in zoals gebruikelijk, je komt nu op een 2FA pagina waar je de instellingen kunt ingeven', async () => {
    const device = { id: 'd-1', platform: 'android', pushToken: 'a-token' };
    const app = { name: 'qaller', version: '3.2.0' };
    const screen = await somebody(service).signIn({ app, device });
    const methods = ['call', 'push'];
    expect(screen.challenge).toMatchObject({ status: 'enrol', enrolment: { methods } });
    expect((await screen.addPush()).status).toBe(201);
  });

  test('Ook voor het inloggen op de Click to Dial wordt de extra verificatie gevraagd als 2FA is ingeschakeld.', async () => {
    const app = { name: 'click-to-dial' };
    const user = await enrolled(service);
    const screen = await user.signIn({ app });
    expect(screen.challenge.status).toBe('verify');
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    expect((await somebody(service).signIn({ app })).challenge.status).toBe('enrol');
  });
});
