import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';
import { DemoError, type Page, ProblemError } from './api-client.ts';
import { drawButtons, drawPage, drawProblem, untilResend } from './screens.ts';
import type { Terminal } from './terminal.ts';

/** The user pressed the log-out button, or closed the terminal. */
export class LoggedOut extends Error {}

/** Shows the page until the login ends. Returns the token of the result. */
export async function playLogin(terminal: Terminal, page: Page): Promise<string> {
  let { challenge } = page;
  while (challenge.status === 'verify' || challenge.status === 'enrol') {
    terminal.show(drawPage(challenge));
    challenge = await enter(terminal, page, challenge);
  }
  if (challenge.result) return challenge.result.token;
  throw new DemoError(`The login ended: ${challenge.status}. Start again with npm run demo.`);
}

async function enter(
  terminal: Terminal,
  page: Page,
  challenge: ChallengeBody,
): Promise<ChallengeBody> {
  const entry = await ask(terminal, challenge);
  try {
    return await press(page, challenge, entry);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    terminal.show(drawProblem(error));
    return error.problem.challenge ?? challenge;
  }
}

/** A pipe cannot show a countdown, so a line says when it is over. */
async function ask(terminal: Terminal, challenge: ChallengeBody): Promise<string> {
  const wait = untilResend(challenge);
  const announce = () => terminal.show('A new code can be sent now.');
  const timer = wait > 0 && !terminal.live ? setTimeout(announce, wait) : undefined;
  const entry = await terminal.ask(() => drawButtons(challenge));
  clearTimeout(timer);
  return entry ?? 'q';
}

async function press(page: Page, challenge: ChallengeBody, entry: string): Promise<ChallengeBody> {
  const verifying = challenge.status === 'verify';
  if (entry === 'q') return logOut(page);
  if (entry === 's' && challenge.enrolment?.skippable) return page.skip();
  if (entry === 'r' && verifying) return page.resend();
  if (entry === 'm' && verifying) return page.sendTo(otherFactor(challenge));
  if (verifying && /^\d{1,8}$/.test(entry) && !isNumber(challenge, entry))
    return page.verify(entry);
  if (isPass(challenge, entry)) return page.usePass(entry);
  if (!challenge.enrolment || !entry) return challenge;
  return page.addFactor({ method: 'call', phoneNumber: entry });
}

/** While a new number waits for its code, the user may enter another number instead. */
function isNumber({ enrolment, code }: ChallengeBody, entry: string): boolean {
  return enrolment !== null && entry.length > (code?.length ?? 6);
}

/** A pass is longer than any code, and has letters. */
function isPass({ accepts }: ChallengeBody, entry: string): boolean {
  return accepts.includes('pass') && /[a-z]/i.test(entry) && entry.length > 8;
}

function otherFactor({ factors, code }: ChallengeBody): string {
  const current = factors.findIndex(({ id }) => id === code?.factorId);
  const next = factors[(current + 1) % factors.length];
  return next?.id ?? '';
}

async function logOut(page: Page): Promise<never> {
  await page.logOut();
  throw new LoggedOut('You are logged out. Every next login shows this page again.');
}
