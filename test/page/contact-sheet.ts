import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Look, openBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/server-process.ts';

type Picture = Look & { name: string; file: string };

/** `SCREENS=docs npm run test:long -- test/page/screens` writes the sheets and page.jpg into docs. */
const target = process.env['SCREENS'];

/** Takes a picture of each screen, and puts them on one sheet of that name at the end. */
export function contactSheet(name: string) {
  const folder = target && temporaryFolder();
  const pictures: Picture[] = [];
  return {
    async add(page: Page, look: Look & { name: string }): Promise<void> {
      if (!folder) return;
      const file = join(folder, `${pictures.length}.png`);
      await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
      pictures.push({ ...look, file });
    },
    async close(): Promise<void> {
      if (target && pictures.length > 0) await draw(name, pictures, target);
    },
  };
}

/** What the README shows. */
const best = ['the phone rings', 'another method', 'a phone number'];

async function draw(sheet: string, pictures: Picture[], folder: string): Promise<void> {
  const browser = await openBrowser();
  const paint = async (name: string, width: number, html: string) => {
    const page = await browser.open({}, { viewport: { width, height: 100 } });
    await page.setContent(html);
    await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))');
    const image = await page.screenshot({ fullPage: true, type: 'jpeg', quality: 76 });
    writeFileSync(join(folder, name), image);
  };
  mkdirSync(folder, { recursive: true });
  await paint(`${sheet}.jpg`, 1800, sheetOf(pictures));
  const phones = pictures.filter(
    ({ name, size, colours }) => best.includes(name) && size === 'mobile' && colours === 'light',
  );
  if (phones.length > 0) await paint('page.jpg', 1240, rowOf(phones));
  await browser.close();
}

function rowOf(pictures: Picture[]): string {
  const style = `body { display: flex; justify-content: space-around; margin: 40px; background: #e6e9f2; }
    img { height: 640px; border-radius: 28px; box-shadow: 0 12px 40px rgb(22 24 29 / 18%); }`;
  return `<style>${style}</style>${pictures.map(imageOf).join('')}`;
}

function sheetOf(pictures: Picture[]): string {
  const style = `body { margin: 24px; background: #555b66; font: 12px Inter, system-ui; }
    div { display: flex; flex-wrap: wrap; gap: 16px 12px; }
    figure { margin: 0; color: #fff; } img { display: block; height: 270px; border-radius: 6px; }
    figcaption { margin-top: 4px; }`;
  const figures = pictures.map((picture) => {
    const caption = `${picture.name}, ${picture.language}`;
    return `<figure>${imageOf(picture)}<figcaption>${caption}</figcaption></figure>`;
  });
  return `<style>${style}</style><div>${figures.join('')}</div>`;
}

function imageOf({ file }: Picture): string {
  return `<img src="data:image/png;base64,${readFileSync(file).toString('base64')}">`;
}
