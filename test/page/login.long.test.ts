/** Logins at the page, as people do them in a browser: with keys alone, with a bad connection, and as a victim. */
import { describe, expect, test } from '@jest/globals';
import { openBrowser } from '../support/browser.ts';
import { enrolled, somebody, tellOfCall, wrong } from '../support/service.ts';
import { use } from '../support/use.ts';
import { drawn, overflow } from './opened.ts';
import {
  backAtPanel,
  openAtPanel,
  returnUrl,
  startPageService,
  titled,
  type,
} from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);
const login = { returnUrl, language: 'en-GB' };

const openAt = (pageUrl: unknown, options?: object) =>
  openAtPanel(browser, pages.local(String(pageUrl)), options);

const proof = expect.stringMatching(/^[\w-]{43}$/);

describe('with the keyboard alone', () => {
  test('a code brings the browser back, with the proof', async () => {
    const user = await enrolled(pages.service);
    const { challenge } = await user.signIn(login);
    const page = await openAt(challenge.pageUrl);
    await type(page, String(user.heard()));
    await page.keyboard.press('Enter');
    expect(await backAtPanel(page)).toEqual({ challenge: challenge.id, proof });
  });

  test('a wrong code is said, and the field is ready for the next', async () => {
    const user = await enrolled(pages.service);
    const page = await openAt((await user.signIn(login)).challenge.pageUrl);
    await type(page, wrong(user.heard()));
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: '4 attempts left' }).waitFor();
    await type(page, String(user.heard()));
    await page.keyboard.press('Enter');
    expect(await backAtPanel(page)).toMatchObject({ proof });
  });

  test('a phone is set up, confirmed, and the backup put off', async () => {
    const user = somebody(pages.service);
    const { challenge } = await user.signIn(login);
    const page = await openAt(challenge.pageUrl);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('Phone number').waitFor();
    await type(page, user.phone);
    expect(await page.getByLabel('Country').inputValue()).toBe('NL');
    await page.keyboard.press('Enter');
    await page.getByLabel('Verification code').waitFor();
    await type(page, String(user.heard()));
    await page.keyboard.press('Enter');
    await titled(page, 'Add a backup method');
    await page.getByRole('button', { name: 'Another time' }).press('Enter');
    expect(await backAtPanel(page)).toEqual({ challenge: challenge.id, proof });
  });

  test('no key is lost that is pressed as soon as a screen shows', async () => {
    const user = somebody(pages.service);
    const page = await openAt((await user.signIn(login)).challenge.pageUrl);
    // No time passes for the page: what it puts off for a moment never happens.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1);
    await page.reload();
    await drawn(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('Phone number').waitFor();
    await page.keyboard.type(user.phone);
    await page.keyboard.press('Enter');
    await page.getByLabel('Verification code').waitFor();
    await page.keyboard.type(wrong(user.heard()));
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: '4 attempts left' }).waitFor();
    await page.keyboard.type(String(user.heard()));
    await page.keyboard.press('Enter');
    await titled(page, 'Add a backup method');
  });

  test('logging out brings the browser back without a proof', async () => {
    const { challenge } = await (await enrolled(pages.service)).signIn(login);
    const page = await openAt(challenge.pageUrl);
    await page.getByRole('button', { name: 'Log out' }).press('Enter');
    expect(await backAtPanel(page)).toEqual({ challenge: challenge.id });
  });
});

describe('the code field', () => {
  test('takes a pasted code with what is around its digits', async () => {
    const user = await enrolled(pages.service);
    const page = await openAt((await user.signIn(login)).challenge.pageUrl);
    const code = String(user.heard());
    await page.getByLabel('Verification code').fill(` ${code.slice(0, 2)} ${code.slice(2)}\u200b.`);
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await backAtPanel(page)).toMatchObject({ proof });
  });

  test('offers itself for codes that the phone has read', async () => {
    const page = await openAt(
      (await (await enrolled(pages.service)).signIn(login)).challenge.pageUrl,
    );
    const field = page.getByLabel('Verification code');
    expect(await field.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await field.getAttribute('inputmode')).toBe('numeric');
  });
});

test('how the call goes on is shown while it happens, with one request that waits', async () => {
  const user = await enrolled(pages.service);
  const page = await openAt((await user.signIn(login)).challenge.pageUrl);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (const [status, words] of [
    ['ringing', 'Your phone is ringing'],
    ['in-progress', 'Listen: we are reading out your code'],
    ['completed', 'The call is over'],
  ] as const) {
    await tellOfCall(pages.service, user.phone, status);
    await page.getByRole('status').filter({ hasText: words }).waitFor();
  }
  expect(asked.length).toBeLessThanOrEqual(4);
  for (const url of asked) expect(url).toMatch(/\/v1\/challenge\?wait=25$/);
});

test('an answer that is lost on its way comes again, and with it the way back', async () => {
  const user = await enrolled(pages.service);
  const page = await openAt((await user.signIn(login)).challenge.pageUrl);
  const keys: (string | undefined)[] = [];
  await page.route('**/v1/challenge/verify', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    const answer = await route.fetch();
    await (keys.length < 3 ? route.abort() : route.fulfill({ response: answer }));
  });
  await type(page, String(user.heard()));
  await page.keyboard.press('Enter');
  expect(await backAtPanel(page)).toMatchObject({ proof });
  expect(keys).toEqual([keys[0], keys[0], keys[0]]);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('nothing of a login is left in the browser', async () => {
  const user = await enrolled(pages.service);
  const page = await openAt((await user.signIn(login)).challenge.pageUrl);
  await type(page, String(user.heard()));
  const kept = await page.evaluate('({ ...localStorage, ...sessionStorage })');
  expect(kept).toEqual({});
  expect(await page.context().cookies()).toEqual([]);
});

test('a device is remembered when the user ticks it, by the backend and not by the page', async () => {
  const user = await enrolled(pages.service);
  const page = await openAt((await user.signIn(login)).challenge.pageUrl);
  await page.getByLabel('Remember this device for 30 days').check();
  await page.getByLabel('Verification code').fill(String(user.heard()));
  let heard = '';
  await page.route('**/v1/challenge/verify', async (route) => {
    const response = await route.fetch();
    heard = await response.text();
    await route.fulfill({ response });
  });
  await page.getByRole('button', { name: 'Continue' }).click();
  const { challenge, proof: shown } = await backAtPanel(page);
  const bearer = pages.service.keys.panel;
  const path = `/v1/challenges/${challenge}?proof=${shown}`;
  const { result } = (await pages.service.call('GET', path, { bearer })).body;
  const redeemed = await pages.service.call('POST', '/v1/results/redeem', {
    bearer,
    body: { token: result.token },
  });
  const { token } = redeemed.body.knownDevice;
  expect(heard).toContain('"remember":true');
  expect(heard).not.toContain(token);
  const again = await user.signIn({ ...login, knownDevice: token });
  const next = await openAt(again.challenge.pageUrl);
  expect(await next.getByRole('checkbox').count()).toBe(0);
});

test('the page refuses a challenge of another client', async () => {
  const { challenge } = await (await enrolled(pages.service)).signIn(login);
  const pageUrl = String(challenge.pageUrl).replace('/company-panel', '/qaller');
  const page = await openAt(pageUrl);
  await page.getByRole('heading', { name: 'Open this page from your login' }).waitFor();
});

test('a site frames the page of the client that allows it, and no other', async () => {
  const headingsIn = async (path: string) => {
    const page = await browser.open({});
    const framed = pages.local(`https://2fa.example/2fa/${path}`);
    await page.goto(`${pages.framer}/?${encodeURIComponent(framed)}`, { waitUntil: 'load' });
    return page.frameLocator('iframe').getByRole('heading').count();
  };
  expect(await headingsIn('qaller')).toBe(1);
  expect(await headingsIn('company-panel')).toBe(0);
});

/** The attack: somebody starts a login, sends its page to a victim, and the victim enters the code. */
test('neither the browser that started a login nor the one that finished it gets in', async () => {
  const victim = await enrolled(pages.service);
  const { challenge } = await victim.signIn(login);
  const attackers = await openAt(challenge.pageUrl);
  const victims = await openAt(challenge.pageUrl);
  await type(victims, String(victim.heard()));
  await victims.keyboard.press('Enter');
  // The victim's panel has no session with this challenge, so it refuses the proof.
  expect(await backAtPanel(victims)).toEqual({ challenge: challenge.id, proof });
  // The attacker's panel has the session, and gets no proof.
  await attackers.getByRole('link', { name: 'Log in again' }).click();
  expect(await backAtPanel(attackers)).toEqual({ challenge: challenge.id });
});

test.each(['de-DE', 'fr-FR', 'es-ES'])('320 pixels are wide enough, in %s', async (language) => {
  const user = await enrolled(pages.service);
  const narrow = { viewport: { width: 320, height: 640 } };
  const page = await openAt((await user.signIn({ ...login, language })).challenge.pageUrl, narrow);
  await page.locator('.ways').waitFor();
  expect(await overflow(page)).toBe(0);
});
