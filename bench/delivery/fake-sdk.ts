import { randomUUID } from 'node:crypto';
import { deliver } from './deliver.ts';

/** The words of a call, without voices and pauses. */
class VoiceResponse {
  #said = '';

  say(_voice: object, words: string): void {
    this.#said += `<Say>${words}</Say>`;
  }

  pause(): void {}

  toString(): string {
    return this.#said;
  }
}

/** A call says each digit of its code by itself, and all of them twice. */
function codeIn(twiml: string): string {
  const digits = [...twiml.matchAll(/<Say[^>]*>(\d)<\/Say>/g)].map(([, digit]) => digit).join('');
  return digits.slice(0, digits.length / 2);
}

/** What the service may set on the SDK's client of HTTP has no effect here. */
class RequestClient {
  axios = { defaults: {} };
}

type Call = { to: string; twiml: string };

const calls = Object.assign((sid: string) => ({ update: async () => ({ sid }) }), {
  async create({ to, twiml }: Call) {
    deliver(to, codeIn(twiml));
    return { sid: `CA${randomUUID().replaceAll('-', '')}`, status: 'queued' };
  },
});

/** The part of Twilio's SDK that the service uses, without Twilio. */
export default Object.assign(() => ({ calls }), { RequestClient, twiml: { VoiceResponse } });
