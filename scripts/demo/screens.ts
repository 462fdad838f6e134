import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';
import type { ProblemError } from './api-client.ts';

/** The page as a user sees it, above the line where they type. */
export function drawPage(challenge: ChallengeBody): string {
  return challenge.status === 'enrol' ? drawEnrolment(challenge) : drawVerification(challenge);
}

/** The buttons. The user types the letter in front. */
export function drawButtons(challenge: ChallengeBody, now = Date.now()): string {
  const { status, code, enrolment, factors } = challenge;
  const buttons: string[] = [];
  if (status === 'verify') buttons.push(resendButton(code, now));
  if (status === 'verify' && !enrolment && factors.length > 1)
    buttons.push('m: Use another method');
  if (enrolment?.skippable) buttons.push('s: Another time');
  buttons.push('q: Log out');
  return `${buttons.map((button) => `[${button}]`).join(' ')} > `;
}

/** Milliseconds until a new code may be asked for. */
export function untilResend(challenge: ChallengeBody, now = Date.now()): number {
  return challenge.code ? Math.max(0, Date.parse(challenge.code.resendAt) - now) : 0;
}

function resendButton(code: ChallengeBody['code'], now: number): string {
  const seconds = code ? Math.ceil((Date.parse(code.resendAt) - now) / 1000) : 0;
  return seconds > 0 ? `Resend code in ${seconds}` : 'r: Resend code';
}

const enrolmentTexts: Record<string, string> = {
  primary: `How can we check that it is you, from now on?

Enter your phone number; we call it and say a code.`,
  backup: `That works. And when nobody can reach you there?

Enter a second phone number as backup method.`,
};

function drawEnrolment({ enrolment }: ChallengeBody): string {
  return `\n${enrolmentTexts[enrolment?.step ?? 'primary']} Such as 06 12345678.\n`;
}

function drawVerification({ code, enrolment }: ChallengeBody): string {
  if (!code) return '\nNo code is valid any more. Ask for a new one.\n';
  const opening = enrolment
    ? 'The phone rings.'
    : 'Hang on... we need to double check your identity';
  const mistyped = enrolment ? '\nIs the number wrong? Enter another one.' : '';
  return `\n${opening}\n\nEnter the verification code you received by ${receiver(code)}.${mistyped}\n`;
}

function receiver({ method, hint }: { method: string; hint: string }): string {
  return method === 'call' ? `number: ${hint}` : hint;
}

/** Tells the user what went wrong. */
export function drawProblem({ problem }: ProblemError): string {
  const { title, detail = '', attemptsRemaining } = problem;
  const advice = attemptsRemaining === undefined ? detail : `Attempts left: ${attemptsRemaining}.`;
  return `\n✘ ${title}. ${advice}`;
}
