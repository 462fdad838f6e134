import { randomUUID } from 'node:crypto';
import { deliver } from './deliver.ts';

/** The words of a call. It keeps only the digits of its code. */
class VoiceResponse {
  #digits = '';

  say(_voice: object, words: string): void {
    if (/^\d$/.test(words)) this.#digits += words;
  }

  pause(): void {}

  /** A call says its code twice. */
  toString(): string {
    return this.#digits.slice(0, this.#digits.length / 2);
  }
}

/** What the service may set on the SDK's client of HTTP has no effect here. */
class RequestClient {
  axios = { defaults: {} };
}

type Call = { to: string; twiml: string };

const calls = Object.assign((sid: string) => ({ update: async () => ({ sid }) }), {
  async create({ to, twiml }: Call) {
    deliver(to, twiml);
    return { sid: `CA${randomUUID().replaceAll('-', '')}`, status: 'queued' };
  },
});

/** The part of Twilio's SDK that the service uses, without Twilio. */
export default Object.assign(() => ({ calls }), { RequestClient, twiml: { VoiceResponse } });
