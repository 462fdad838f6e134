/** How the page looks to the users of an organization: set by administrators, checked for contrast, read by the page. */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { organizationDefaults } from '../../src/domain/policy.ts';
import { contrastOf, mix, pageColours } from '../../src/domain/users/check-theme.ts';
import { problem, somebody, useService } from '../support/service.ts';
import { aPng, aTheme, pngOf } from '../support/themes.ts';

const service = useService();
const none = organizationDefaults.theme;

const ask = (method: string, id: string, body?: unknown, query = '') =>
  service.call(method, `/v1/organizations/${id}${query}`, { bearer: service.keys.panel, body });
const patch = (id: string, theme: unknown, query?: string) => ask('PATCH', id, { theme }, query);
const themeOf = async (id: string) => (await ask('GET', id)).body.theme;

async function made(theme: object = aTheme): Promise<string> {
  const id = `org-${randomUUID()}`;
  expect(await ask('PUT', id, { policy: 'mandatory', theme })).toMatchObject({ status: 201 });
  return id;
}

describe('a theme', () => {
  test('is set by PATCH field by field, and null takes a field away', async () => {
    const id = await made({});
    expect(await themeOf(id)).toEqual(none);
    expect((await patch(id, aTheme)).body.theme).toEqual(aTheme);
    expect((await patch(id, { logo: null })).body.theme).toEqual({ ...aTheme, logo: null });
    expect(await themeOf(id)).toEqual({ ...aTheme, logo: null });
    expect((await patch(id, null)).body.theme).toEqual(none);
  });

  test.each([
    ['/theme/lightColour', { lightColour: '#ffcc00' }, '1.43:1'],
    ['/theme/lightColour', { lightColour: '#777777' }, '3.96:1'],
    ['/theme/darkColour', { darkColour: '#0b6b50' }, '2.45:1'],
    ['/theme/darkColour', { darkColour: '#191C22' }, '1.00:1'],
  ])('that few can read is refused: %s of %j', async (pointer, theme, found) => {
    const id = await made();
    const detail = `has a contrast of ${found} on the page, and needs at least 4.5:1`;
    const refused = problem(400, 'invalid-request', { errors: [{ pointer, detail }] });
    expect(await patch(id, theme)).toMatchObject(refused);
    expect(await patch(id, theme, '?dryRun=true')).toMatchObject(refused);
    expect(await ask('PUT', id, { policy: 'off', theme })).toMatchObject(refused);
    expect(await themeOf(id)).toEqual(aTheme);
  });

  test.each([
    ['no PNG', `data:image/png;base64,${Buffer.from('GIF89a').toString('base64')}`],
    ['a PNG that is cut off', `data:image/png;base64,iVBORw0KGgo=`],
    ['a drawing, which could have a script', 'data:image/svg+xml;base64,PHN2Zz4='],
    ['an address', 'https://acme.example/logo.png'],
    ['one that moves', pngOf(10, 10, '....acTL....')],
    ['one that fills the memory of a browser', pngOf(30_000, 30_000)],
    ['one without a size', pngOf(0, 10)],
    ['too many bytes', pngOf(10, 10, 'x'.repeat(6_200))],
  ])('has no logo that is %s', async (_what, logo) => {
    const id = await made();
    const errors = expect.arrayContaining([{ pointer: '/theme/logo', detail: expect.any(String) }]);
    expect(await patch(id, { logo })).toMatchObject(problem(400, 'invalid-request', { errors }));
    expect(await themeOf(id)).toEqual(aTheme);
  });

  test('may have a logo of the largest size', async () => {
    const logo = pngOf(1024, 512, 'x'.repeat(6_000));
    expect((await patch(await made(), { logo })).body.theme.logo).toBe(logo);
  });

  test('is in the trail when it changes: the logo as its hash', async () => {
    const id = await made({});
    await patch(id, aTheme);
    const { body } = await ask('GET', id, undefined, '/events?limit=1');
    const logo = createHash('sha256').update(aPng).digest('hex');
    expect(body.items[0]).toMatchObject({
      type: 'policy.changed',
      details: { ...aTheme, logo },
    });
  });
});

describe('the page', () => {
  test('reads the theme of its own organization, as it is now', async () => {
    const organizationId = await made();
    const [ours, theirs] = [
      await somebody(service, { organizationId }).signIn(),
      await somebody(service).signIn(),
    ];
    expect((await ours.theme()).body).toEqual(aTheme);
    await patch(organizationId, { productName: 'Beta' });
    expect((await ours.theme()).body).toEqual({ ...aTheme, productName: 'Beta' });
    expect((await theirs.theme()).body).toEqual(none);
  });

  test('reads none of an organization that nobody has set', async () => {
    const { theme } = await somebody(service, { organizationId: 'never-set' }).signIn();
    expect((await theme()).body).toEqual(none);
  });

  test('reads none once its challenge is over', async () => {
    const { theme } = await somebody(service, { organizationId: await made() }).signIn();
    await service.advance(15 * 60_000);
    expect(await theme()).toMatchObject(problem(401, 'challenge-expired'));
  });
});

describe('the contrast', () => {
  test.each([
    ['#000000', '#ffffff', 21],
    ['#767676', '#ffffff', 4.54],
    ['#0000ff', '#ffffff', 8.59],
    ['#ff0000', '#00ff00', 2.91],
  ])('of %s and %s is that of WCAG', (one, other, ratio) => {
    expect(contrastOf(one, other)).toBeCloseTo(ratio, 2);
    expect(contrastOf(other, one)).toBe(contrastOf(one, other));
  });

  const css = readFileSync('page/styles/colours.css', 'utf8');
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
  const cssColour = (name: string, block: string) =>
    new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(block)?.[1] ?? '';
  const schemes = { lightColour: light, darkColour: dark };

  test('is checked against the colours of the page', () => {
    const tint = Number(/--brand-tint: color-mix\(in srgb, var\(--brand\) (\d+)%/.exec(css)?.[1]);
    for (const [field, block] of Object.entries(schemes))
      expect(pageColours).toMatchObject({
        [field]: { card: cssColour('card', block), tint: tint / 100 },
      });
  });

  test.each(['lightColour', 'darkColour'] as const)(
    'of any %s that is taken is enough for text, buttons and the focus',
    async (field) => {
      const id = await made({});
      const block = schemes[field];
      const [card, ground, ink] = [
        cssColour('card', block),
        cssColour('ground', block),
        cssColour('ink', block),
      ];
      const colours = fc.nat(0xffffff).map((n) => `#${n.toString(16).padStart(6, '0')}`);
      await fc.assert(
        fc.asyncProperty(colours, async (colour) => {
          const { status } = await patch(id, { [field]: colour }, '?dryRun=true');
          const text = contrastOf(colour, mix(colour, card, pageColours[field].tint));
          expect(status).toBe(text >= 4.5 ? 200 : 400);
          if (status !== 200) return;
          expect(contrastOf(colour, card)).toBeGreaterThanOrEqual(4.5);
          expect(contrastOf(card, mix(ink, colour, 0.25))).toBeGreaterThanOrEqual(4.5);
          expect(contrastOf(colour, ground)).toBeGreaterThanOrEqual(3);
        }),
        { numRuns: 150 },
      );
    },
  );
});
