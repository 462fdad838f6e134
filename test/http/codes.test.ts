/** "Er zijn 5 inlogpogingen": all that can be wrong with a code, and what it costs. */
import { describe, expect, test } from '@jest/globals';
import { enrolled, problem, startService, useService, wrong } from '../support/service.ts';

const service = useService();

/** A user who was just called, at their screen. */
async function called() {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const guessWrong = () => screen.enter(wrong(user.heard()));
  return { user, screen, guessWrong };
}

describe('a wrong code', () => {
  test('says how many attempts remain, and leaves the right one good', async () => {
    const { user, screen, guessWrong } = await called();
    for (const attemptsRemaining of [4, 3, 2, 1]) {
      const challenge = { status: 'verify', code: { attemptsRemaining } };
      const refused = problem(422, 'code-incorrect', { attemptsRemaining, challenge });
      expect(await guessWrong()).toMatchObject(refused);
    }
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('the fifth time destroys the code, and a new one may be asked for at once', async () => {
    const { user, screen, guessWrong } = await called();
    for (let i = 0; i < 4; i += 1) await guessWrong();
    const fifth = await guessWrong();
    const challenge = { status: 'verify', code: null };
    expect(fifth).toMatchObject(problem(429, 'attempts-exhausted', { challenge }));
    expect(fifth.headers['retry-after']).toBe('0');
    expect((await screen.enter(user.heard())).status).toBe(429);
    const resent = await screen.send();
    expect(resent).toMatchObject({ status: 202, body: { code: { attemptsRemaining: 5 } } });
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('the fifteenth time ends the challenge', async () => {
    const { screen, guessWrong } = await called();
    let guesses = 0;
    while ((await screen.look()).body.status === 'verify') {
      const { code } = (await screen.look()).body;
      if (code) await guessWrong();
      else await screen.send();
      guesses += code ? 1 : 0;
    }
    expect(guesses).toBe(15);
    const challenge = { status: 'cancelled', code: null, result: null };
    expect((await screen.look()).body).toMatchObject(challenge);
    expect(await screen.send()).toMatchObject(problem(409, 'challenge-finished', { challenge }));
    expect(await screen.enter('0123')).toMatchObject(problem(409, 'challenge-finished'));
  });

  test.each([
    '012',
    '01234',
    '',
    ' 0123',
    '0123\n',
    '+123',
    '0x12',
    '12.3',
    '٠١٢٣',
    '０１２３',
    'abcd',
    '0'.repeat(400),
  ])('that is not four digits costs no attempt: %j', async (code) => {
    const { screen } = await called();
    const challenge = { code: { attemptsRemaining: 5 } };
    const refused = { errors: [{ pointer: '/code' }], challenge };
    expect(await screen.enter(code)).toMatchObject(problem(400, 'invalid-request', refused));
  });
});

describe('a code', () => {
  test('is refused once its 30 seconds are over', async () => {
    const { user, screen } = await called();
    await service.advance(30_000);
    const challenge = { status: 'verify', code: null };
    expect((await screen.look()).body).toMatchObject(challenge);
    const late = problem(410, 'code-expired', { challenge });
    expect(await screen.enter(user.heard())).toMatchObject(late);
    await screen.send();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('is good until its very end', async () => {
    const { user, screen } = await called();
    await service.advance(25_000);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('lives as long and takes as many attempts as the operator says', async () => {
    const env = { CODE_TTL_SECONDS: '10', CODE_ATTEMPTS: '2', CHALLENGE_TTL_SECONDS: '60' };
    const strict = await startService({ env });
    await strict.organization({ policy: 'mandatory' });
    const user = await enrolled(strict);
    const screen = await user.signIn();
    expect((await screen.enter(wrong(user.heard()))).body.attemptsRemaining).toBe(1);
    expect(await screen.enter(wrong(user.heard()))).toMatchObject(
      problem(429, 'attempts-exhausted'),
    );
    await screen.send();
    await strict.advance(10_000);
    expect(await screen.enter(user.heard())).toMatchObject(problem(410, 'code-expired'));
    await strict.advance(50_000);
    expect(await screen.look()).toMatchObject(problem(401, 'challenge-expired'));
    await strict.close();
  });

  test('works once', async () => {
    const { user, screen } = await called();
    await screen.enter(user.heard());
    const challenge = { status: 'approved' };
    expect(await screen.enter(user.heard())).toMatchObject(
      problem(409, 'challenge-finished', { challenge }),
    );
  });

  test('works in the challenge it was made for alone', async () => {
    const { user, screen } = await called();
    const first = user.heard();
    const other = await user.signIn();
    const second = user.heard();
    if (first === second) return;
    expect(await other.enter(first)).toMatchObject(problem(422, 'code-incorrect'));
    expect((await screen.enter(first)).body.status).toBe('approved');
    expect((await other.enter(second)).body.status).toBe('approved');
  });
});
