import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { textsFor } from './messages/index.ts';

/** Eight digits are hard to remember, so they are spoken in groups. */
const groupLength = 4;

/** A slow voice. Common voices speak 14 to 16 characters a second. */
const charactersPerSecond = 12;

/** One digit per verb, with the short silence between verbs. */
const digitMs = 800;

/** How often a call asks for a key, and how long it waits each time. */
const questions = 2;
const answerSeconds = 6;

/** The content of a call, in order: words, one digit, or a silence in seconds. */
type Part = { words: string } | { digit: string } | { pause: number };

/**
 * Makes the TwiML that speaks the code twice, digit by digit.
 *
 * @param keyUrl where a pressed key is told, at any time of the call. Null: no key is asked for.
 */
export function spokenCode(
  response: VoiceResponse,
  code: string,
  language: string,
  keyUrl: string | null,
): string {
  const { voice } = textsFor(language);
  const verbs = keyUrl ? response.gather(gathering(keyUrl)) : response;
  for (const part of partsOf(code, language, keyUrl !== null)) {
    if ('pause' in part) verbs.pause({ length: part.pause });
    else verbs.say({ language: voice }, 'digit' in part ? part.digit : part.words);
  }
  return response.toString();
}

const gathering = (action: string) =>
  ({ action, method: 'POST', numDigits: 1, timeout: answerSeconds }) as const;

/** Makes the TwiML that says who calls and asks for a key. It does not contain the code. */
export function spokenQuestion(response: VoiceResponse, language: string, action: string): string {
  const { voice, callQuestion } = textsFor(language);
  response.gather(gathering(action)).say({ language: voice, loop: questions }, callQuestion);
  return spokenEnd(response, language);
}

/** Makes the TwiML that ends a call after "it was not me". */
export function spokenDenied(response: VoiceResponse, language: string): string {
  const { voice, callDenied } = textsFor(language);
  response.say({ language: voice }, callDenied);
  return response.toString();
}

/** Makes the TwiML that ends a call without a code. */
export function spokenEnd(response: VoiceResponse, language: string): string {
  const { voice, callEnding } = textsFor(language);
  response.say({ language: voice }, callEnding);
  return response.toString();
}

/** The time until a slow voice has spoken the code twice, in milliseconds. */
export function heardTwiceMs(code: string, language: string): number {
  const parts = partsOf(code, language, false);
  const lastDigit = parts.findLastIndex((part) => 'digit' in part);
  return parts.slice(0, lastDigit + 1).reduce((sum, part) => sum + durationMs(part), 0);
}

function partsOf(code: string, language: string, asksForKey: boolean): Part[] {
  const { callOpening, callAgain, callEnding, callDenyEnding } = textsFor(language);
  const digits = digitParts(code);
  return [
    { words: callOpening },
    ...digits,
    { words: callAgain },
    ...digits,
    { words: asksForKey ? callDenyEnding : callEnding },
  ];
}

/** A short code is spoken slowly. A long one has silences only between groups, to end in time. */
function digitParts(code: string): Part[] {
  const long = code.length > groupLength;
  return [...code].flatMap((digit, index): Part[] => {
    const endsGroup = (index + 1) % groupLength === 0;
    return endsGroup || !long ? [{ digit }, { pause: 1 }] : [{ digit }];
  });
}

function durationMs(part: Part): number {
  if ('pause' in part) return part.pause * 1_000;
  if ('digit' in part) return digitMs;
  return (part.words.length / charactersPerSecond) * 1_000;
}
