/** What the page's policy keeps out of a login, in a real Chromium that is asked to let it in. */
import { expect, test } from '@jest/globals';
import { openBrowser } from '../support/browser.ts';
import { enrolled } from '../support/service.ts';
import { use } from '../support/use.ts';
import { drawn, violations } from './opened.ts';
import { returnUrl, startPageService } from './page-service.ts';

const pages = use(startPageService);
const browser = use(openBrowser);

async function started() {
  const user = await enrolled(pages.service);
  const { challenge, token } = await user.signIn({ returnUrl, language: 'en-GB' });
  return { user, token, pageUrl: pages.local(String(challenge.pageUrl)) };
}

const evil = 'https://evil.example/';
const add = (tag: string, more: string) =>
  `const one = document.createElement('${tag}'); ${more}; document.body.append(one);`;

test.each([
  ['a script in the HTML', 'require-trusted-types-for', add('script', `one.text = 'taken = 1'`)],
  ['HTML made of text', 'require-trusted-types-for', `document.body.innerHTML = '<p>'`],
  ['a script of anybody', 'require-trusted-types-for', add('script', `one.src = '${evil}'`)],
  [
    'a handler in an attribute',
    'require-trusted-types-for',
    `document.body.setAttribute('onclick', '')`,
  ],
  ['a style in the HTML', 'style-src-elem', add('style', `one.textContent = 'p { color: red }'`)],
  ['a style in an attribute', 'style-src-attr', `document.body.setAttribute('style', 'top: 0')`],
  ['a call to somebody else', 'connect-src', `fetch('${evil}').catch(() => {})`],
  ['an image of somebody else', 'img-src', `new Image().src = '${evil}'`],
  ['a frame', 'frame-src', add('iframe', `one.src = '${evil}'`)],
  ['a form', 'form-action', `${add('form', `one.action = '${evil}'`)} one.submit();`],
  ['another base', 'base-uri', `${add('base', `one.href = '${evil}'`)}`],
])('%s is not let in', async (_what, rule, attempt) => {
  const { pageUrl } = await started();
  const page = await browser.open({});
  await page.goto(pageUrl);
  await drawn(page);
  const broken = page.evaluate(`new Promise((resolve) => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
    try { ${attempt} } catch {}
  })`);
  expect(await broken).toBe(rule);
  expect(await page.evaluate('typeof taken')).toBe('undefined');
  expect(page.url()).toBe(pageUrl);
});

test('a bundle that somebody changed on its way does not run', async () => {
  const { pageUrl } = await started();
  for (const extension of ['js', 'css']) {
    const page = await browser.open({});
    const refused = violations(page);
    await page.route(`**/2fa/assets/*.${extension}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()}\n` });
    });
    await page.goto(pageUrl, { waitUntil: 'load' });
    expect(refused).toEqual([expect.stringContaining('integrity')]);
    // The heading is in the HTML, and the bar is drawn by the script.
    await page.locator('h1').waitFor();
    if (extension === 'css') await page.locator('.bar').waitFor();
    else expect(await page.locator('.bar').count()).toBe(0);
  }
});

test('the token of a login is in no address that the browser asks for, and in no referrer', async () => {
  const { user, token, pageUrl } = await started();
  const page = await browser.open({});
  const asked: string[] = [];
  page.on('request', async (request) => {
    const { referer = '' } = request.headers();
    asked.push(request.url().replace(/#.*/, ''), referer);
  });
  await page.route('https://panel.example/**', (route) => route.fulfill({ body: 'the panel' }));
  await page.goto(pageUrl);
  await page.getByLabel('Verification code').fill(String(user.heard()));
  await page.keyboard.press('Enter');
  await page.waitForURL('https://panel.example/**');
  expect(asked.filter((url) => url.includes('/v1/challenge/verify'))).toHaveLength(1);
  for (const text of asked) expect(text).not.toContain(token);
  expect(asked.filter((text) => text.includes('proof='))).toEqual([page.url()]);
  expect(pages.service.logLines.join()).not.toContain(token);
});

test.each([
  ['a query', (url: string) => url.replace('?', `?returnUrl=${evil}&returnTo=${evil}&`)],
  ['a fragment', (url: string) => `${url}&returnUrl=${evil}`],
])('%s that names another site leads nowhere else', async (_what, forged) => {
  const { pageUrl } = await started();
  const page = await browser.open({});
  const outside = violations(page);
  await page.goto(forged(pageUrl));
  await drawn(page);
  for (const link of await page.locator('a').all())
    expect(await link.getAttribute('href')).not.toContain('evil');
  expect(outside).toEqual([]);
  expect(new URL(page.url()).host).toBe(new URL(pageUrl).host);
});
