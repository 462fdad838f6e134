/**
 * The attack: a thief who knows a password sets up a phone of their own, and so becomes the second
 * factor. Only the first to prove a number may, and only while the user has none.
 */
import { describe, expect, test } from '@jest/globals';
import { enrolled, problem, somebody, useService } from '../support/service.ts';

const service = useService({ replicas: 2 });

describe('someone who knows the password alone', () => {
  test('cannot set anything up for a user who has a factor', async () => {
    const user = await enrolled(service);
    const thief = await user.signIn();
    const calls = service.twilio.requests.length;
    const refused = problem(403, 'verification-required', { challenge: { status: 'verify' } });
    expect(await thief.addPhone(somebody(service).phone)).toMatchObject(refused);
    expect(await thief.addPush()).toMatchObject(refused);
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test('cannot finish a set-up that they began before the user did', async () => {
    const user = somebody(service);
    const thief = await user.signIn();
    const thiefsPhone = somebody(service).phone;
    await thief.addPhone(thiefsPhone);
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    await screen.enter(user.heard());
    const late = await thief.enter(service.twilio.codeFor(thiefsPhone));
    expect(late.status).toBeGreaterThanOrEqual(400);
    expect((await thief.look()).body).toMatchObject({ status: 'verify', code: null, result: null });
    expect(await thief.addPhone(thiefsPhone)).toMatchObject(problem(403, 'verification-required'));
    expect((await user.signIn()).challenge.factors).toHaveLength(1);
  });

  test('races the user and one of the two alone gets the first factor', async () => {
    const user = somebody(service);
    const screens = await Promise.all([0, 1, 2, 3].map(() => user.signIn()));
    const phones = screens.map(() => somebody(service).phone);
    await Promise.all(screens.map((screen, i) => screen.addPhone(phones[i] ?? '')));
    const answers = await Promise.all(
      screens.map((screen, i) => screen.enter(service.twilio.codeFor(phones[i] ?? ''))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const { challenge } = await user.signIn();
    expect(challenge.factors).toMatchObject([{ role: 'primary' }]);
    expect(challenge.factors).toHaveLength(1);
  });
});
