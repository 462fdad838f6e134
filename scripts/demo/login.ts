import type { ChallengeBody } from '../../src/http/challenge-schema.ts';
import { CannotGoOn, Refusal, type Screen } from './panel.ts';
import { drawButtons, drawRefusal, drawScreen, untilResend } from './screens.ts';
import type { Terminal } from './terminal.ts';

/** The user pressed the button, or went away. */
export class LoggedOut extends Error {}

/** From the page's first screen to its last; what comes back is the token of the result. */
export async function login(terminal: Terminal, screen: Screen): Promise<string> {
  let { challenge } = screen;
  while (challenge.status === 'verify' || challenge.status === 'enrol') {
    terminal.show(drawScreen(challenge));
    challenge = await enter(terminal, screen, challenge);
  }
  if (challenge.result) return challenge.result.token;
  throw new CannotGoOn(`The login ended: ${challenge.status}. Start again with npm run demo.`);
}

async function enter(
  terminal: Terminal,
  screen: Screen,
  challenge: ChallengeBody,
): Promise<ChallengeBody> {
  const entry = await ask(terminal, challenge);
  try {
    return await press(screen, challenge, entry);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    terminal.show(drawRefusal(error));
    return error.problem.challenge ?? challenge;
  }
}

/** In a pipe there is no countdown to look at: a line tells when it is over. */
async function ask(terminal: Terminal, challenge: ChallengeBody): Promise<string> {
  const wait = untilResend(challenge);
  const tell = () => terminal.show('A new code can be sent now.');
  const timer = wait > 0 && !terminal.live ? setTimeout(tell, wait) : undefined;
  const entry = await terminal.ask(() => drawButtons(challenge));
  clearTimeout(timer);
  return entry ?? 'q';
}

async function press(
  screen: Screen,
  challenge: ChallengeBody,
  entry: string,
): Promise<ChallengeBody> {
  const verifying = challenge.status === 'verify';
  if (entry === 'q') return logOut(screen);
  if (entry === 's' && challenge.enrolment?.skippable) return screen.skip();
  if (entry === 'r' && verifying) return screen.resend();
  if (entry === 'm' && verifying) return screen.sendTo(otherFactor(challenge));
  if (verifying && /^\d{1,8}$/.test(entry) && !isNumber(challenge, entry))
    return screen.verify(entry);
  if (!challenge.enrolment || !entry) return challenge;
  return screen.addFactor({ method: 'call', phoneNumber: entry });
}

/** While a new number waits for its code, another number may be entered instead. */
function isNumber({ enrolment, code }: ChallengeBody, entry: string): boolean {
  return enrolment !== null && entry.length > (code?.length ?? 6);
}

function otherFactor({ factors, code }: ChallengeBody): string {
  const current = factors.findIndex(({ id }) => id === code?.factorId);
  const next = factors[(current + 1) % factors.length];
  return next?.id ?? '';
}

async function logOut(screen: Screen): Promise<never> {
  await screen.logOut();
  throw new LoggedOut('You are logged out. Every next login shows this page again.');
}
