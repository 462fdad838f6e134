import { readVersion } from './version.ts';

const help = `Doublecheck: the second step of a login, by phone call or push.

  npm start               starts the service; in an image: node dist/main.js
  npx doublecheck --help  the command line; in an image: doublecheck --help

It takes no options. Settings are environment variables, or lines of .env: see docs/settings.md and
.env.example. Without any, it uses an embedded database and prints codes, to try it out.
`;

/** @returns what to print instead of starting; null to start. @throws Error for any other word. */
export function answerOptions([first, ...more]: string[]): string | null {
  if (first === undefined) return null;
  if (more.length === 0 && (first === '--help' || first === '-h')) return help;
  if (more.length === 0 && first === '--version') return `${readVersion()}\n`;
  throw new Error(`the service takes no ${JSON.stringify(first)}: see --help`);
}
