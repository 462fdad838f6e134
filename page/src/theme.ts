import type { ThemeBody } from '../../src/http/schemas/theme-schema.ts';
import { ask, pause } from './api.ts';

export type { ThemeBody };

export const noTheme: ThemeBody = {
  productName: null,
  logo: null,
  lightColour: null,
  darkColour: null,
};

/** A login does not wait longer for its looks. */
const maxWaitMs = 2_000;

/** Asks how the organization wants the page to look. Never rejects: without an answer, as it looks by itself. */
export async function loadTheme(token: string): Promise<ThemeBody> {
  const asked = ask(token, { method: 'GET', path: '/theme' });
  const answer = await Promise.race([asked, pause(maxWaitMs)]);
  return answer?.kind === 'ok' && answer.body ? (answer.body as ThemeBody) : noTheme;
}

/** The style sheet derives the rest. The policy allows a script to set a property, and no inline style. */
export function wear({ lightColour, darkColour }: ThemeBody): void {
  const { style } = document.documentElement;
  if (lightColour) style.setProperty('--theme-light', lightColour);
  if (darkColour) style.setProperty('--theme-dark', darkColour);
}
