/** The attacks on a login that our page finishes: the session and the proof must be of one browser. */
import { describe, expect, test } from '@jest/globals';
import { anEntry } from '../support/people.ts';
import { enrolled, problem, somebody, useService } from '../support/service.ts';
import { use } from '../support/use.ts';

const returnUrl = 'https://panel.example/done?from=2fa';
const service = useService({ env: { PUBLIC_URL: 'https://2fa.example/base/' } });
use(async () => {
  const site = { client: 'company-panel', use: 'return' as const, url: returnUrl };
  await service.directory.clients.allowSite(site, anEntry);
  return {};
});

const aKey = (name: string) => ({ headers: { 'idempotency-key': name } });

describe('a challenge with a returnUrl', () => {
  test('leads to the page, with the token in the fragment alone', async () => {
    const { challenge } = await (await enrolled(service)).signIn({ returnUrl, language: 'nl-NL' });
    const { pageUrl, challengeToken } = challenge;
    expect(pageUrl).toBe(`https://2fa.example/base/2fa/company-panel?lang=nl#${challengeToken}`);
    expect(challenge).toMatchObject({ client: 'company-panel', returnUrl, returnTo: null });
  });

  test.each([
    ['another path', 'https://panel.example/done'],
    ['another origin', 'https://evil.example/done?from=2fa'],
    ['a longer address', `${returnUrl}&to=https://evil.example`],
    ['a script', 'javascript:alert(1)'],
  ])('that was not allowed is refused: %s', async (_what, url) => {
    const { userId } = somebody(service);
    expect(await service.start({ userId, returnUrl: url })).toMatchObject(
      problem(400, 'invalid-request', { errors: [{ pointer: '/returnUrl' }] }),
    );
  });

  test('of another client is refused', async () => {
    const { userId } = somebody(service);
    const answer = await service.start({ userId, returnUrl }, { bearer: service.keys.qaller });
    expect(answer).toMatchObject(problem(400, 'invalid-request'));
  });

  test('that is approved at once has its result, and no page', async () => {
    await service.organization({ policy: 'off' }, 'off');
    const { body } = await service.start({ organizationId: 'off', returnUrl });
    expect(body).toMatchObject({ status: 'approved', pageUrl: null, returnTo: null });
    expect(body.result.amr).toEqual(['pwd']);
  });

  test('shows no result to its token: the call that approved it leads back with a proof', async () => {
    const user = await enrolled(service);
    const page = await user.signIn({ returnUrl });
    const { body } = await page.enter(user.heard());
    expect(body).toMatchObject({ status: 'approved', result: null });
    const { origin, pathname, searchParams } = new URL(body.returnTo);
    expect(origin + pathname).toBe('https://panel.example/done');
    expect(Object.fromEntries(searchParams)).toEqual({
      from: '2fa',
      challenge: page.challenge.id,
      proof: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test('leads back in no other answer, also not in a problem', async () => {
    const user = await enrolled(service);
    const page = await user.signIn({ returnUrl });
    await page.enter(user.heard());
    expect((await page.look()).body).toMatchObject({ returnTo: null, result: null });
    const again = await page.enter(user.heard());
    expect(again).toMatchObject(problem(409, 'challenge-finished'));
    expect(again.body.challenge).toMatchObject({ returnTo: null, result: null });
  });

  test('leads back again for the same Idempotency-Key, whose answer was lost', async () => {
    const user = await enrolled(service);
    const page = await user.signIn({ returnUrl });
    const code = user.heard();
    const { body } = await page.enter(code, aKey('lost'));
    expect((await page.enter(code, aKey('lost'))).body).toEqual(body);
    expect((await page.enter(code, aKey('another'))).body.returnTo).toBeUndefined();
  });

  test('leads back with a proof when its enrolment is skipped', async () => {
    const user = somebody(service);
    const page = await user.signIn({ returnUrl });
    await page.addPhone(user.phone);
    expect((await page.enter(user.heard())).body).toMatchObject({
      status: 'enrol',
      returnTo: null,
    });
    expect((await page.skip()).body.returnTo).toContain('&proof=');
  });

  test('keeps its proof out of the log', async () => {
    const user = await enrolled(service);
    const page = await user.signIn({ returnUrl });
    const { body } = await page.enter(user.heard());
    const proof = String(new URL(body.returnTo).searchParams.get('proof'));
    expect(service.logLines.join()).not.toContain(proof);
    expect(service.logLines.join()).not.toContain(page.token);
  });
});

describe('the backend that started it', () => {
  const find = (id: string, query = '', bearer = service.keys.panel) =>
    service.call('GET', `/v1/challenges/${id}${query}`, { bearer });
  const approved = async () => {
    const user = await enrolled(service);
    const page = await user.signIn({ returnUrl });
    const { body } = await page.enter(user.heard());
    return { id: page.challenge.id, query: new URL(body.returnTo).searchParams, ...user };
  };
  const proofOf = (query: URLSearchParams) => `?proof=${query.get('proof')}`;

  test('gets the result for the proof, also a second time, and redeems it', async () => {
    const { id, query, userId } = await approved();
    const first = await find(id, proofOf(query));
    expect((await find(id, proofOf(query))).body.result).toEqual(first.body.result);
    const redeemed = await service.call('POST', '/v1/results/redeem', {
      bearer: service.keys.panel,
      body: { token: first.body.result.token },
    });
    expect(redeemed.body).toMatchObject({ sub: userId, cid: id });
  });

  test.each([
    ['no proof', () => ''],
    ['an empty proof', () => '?proof='],
    ['a made-up proof', () => `?proof=${'A'.repeat(43)}`],
    ['a shorter proof', (proof: string) => proof.slice(0, -1)],
  ])('gets no result for %s', async (_what, wrongly) => {
    const { id, query } = await approved();
    expect((await find(id, wrongly(proofOf(query)))).body).toMatchObject({
      status: 'approved',
      result: null,
    });
  });

  test('gets no result for the proof of another challenge', async () => {
    const [mine, theirs] = [await approved(), await approved()];
    expect((await find(mine.id, proofOf(theirs.query))).body.result).toBeNull();
  });

  test('is the only one that the proof helps', async () => {
    const { id, query } = await approved();
    const answer = await find(id, proofOf(query), service.keys.qaller);
    expect(answer).toMatchObject(problem(404, 'not-found'));
  });
});

/** The attack: somebody starts a login, and sends its page to a victim, who enters the code. */
test('neither the browser that started a login nor the one that finished it gets in', async () => {
  const victim = await enrolled(service);
  const attacker = await victim.signIn({ returnUrl });
  const victimsPage = await attacker.enter(victim.heard());
  // The attacker's browser has the session and the token, but nothing that answers it has the proof.
  const { body: seen } = await attacker.look();
  expect(seen).toMatchObject({ status: 'approved', result: null, returnTo: null });
  const { body: found } = await service.call('GET', `/v1/challenges/${attacker.challenge.id}`, {
    bearer: service.keys.panel,
  });
  expect(found.result).toBeNull();
  // The victim's browser has the proof, and a session without this challenge: the panel stops there.
  expect(victimsPage.body.result).toBeNull();
  expect(victimsPage.body.returnTo).toContain(`challenge=${attacker.challenge.id}`);
});
