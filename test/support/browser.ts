import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { binary } from './binaries.ts';

/** What Debian's Chromium needs on a machine without a screen, and without knocking on a closed network. */
const flags = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

export type Look = {
  language: string;
  size: 'mobile' | 'desktop';
  colours: 'light' | 'dark';
};

const sizes = {
  mobile: { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1024, height: 760 } },
} satisfies Record<Look['size'], BrowserContextOptions>;

/** A real Chromium, without what only its windows need. Installed where that is possible. */
export async function openBrowser() {
  const executablePath = binary('chromium-headless-shell', 'chromium');
  const browser = await chromium.launch({ executablePath, args: flags });
  return {
    /** A browser's own session, as one person sees it. */
    async open(look: Partial<Look>, options: BrowserContextOptions = {}): Promise<Page> {
      const { language = 'en-GB', size = 'desktop', colours = 'light' } = look;
      const context = await browser.newContext({
        ...sizes[size],
        colorScheme: colours,
        locale: language,
        reducedMotion: 'reduce',
        ...options,
      });
      return context.newPage();
    },
    close: () => browser.close(),
  };
}
