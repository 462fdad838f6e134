import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { textsFor } from './messages/index.ts';

/** Eight digits in a row are too many to remember; telephone numbers too are said in groups. */
const groupLength = 4;

/** Makes the TwiML that says the code twice, digit by digit. */
export function spokenCode(response: VoiceResponse, code: string, language: string): string {
  const { voice, text } = textsFor(language);
  const say = (words: string) => response.say({ language: voice }, words);
  const sayDigits = () => {
    for (const [index, digit] of [...code].entries()) {
      say(digit);
      response.pause({ length: (index + 1) % groupLength === 0 ? 2 : 1 });
    }
  };
  say(text('callOpening'));
  sayDigits();
  say(text('callAgain'));
  sayDigits();
  say(text('callEnding'));
  return response.toString();
}
