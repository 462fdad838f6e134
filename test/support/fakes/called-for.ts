import type { Sealing } from '../../../src/adapters/sealing.ts';
import { digitsSaid } from './twilio.ts';

type Call = { body: Record<string, string> };

/** The address for news of a call holds, sealed, which code of which challenge it is. */
export function calledFor({ body }: Call, sealed: Sealing) {
  const { StatusCallback = '' } = body;
  const text = sealed.open(StatusCallback.split('/').at(-1) ?? '', ['callback', 'twilio']);
  const [, userId, challengeId, codeId] = JSON.parse(text) as string[];
  return { userId: userId ?? '', challengeId: challengeId ?? '', codeId: codeId ?? '' };
}

/** The last code that was said for a challenge, whoever else has the number called meanwhile. */
export function codeSaidFor(id: string, calls: Call[], sealed: Sealing): string | null {
  const call = calls.findLast((one) => calledFor(one, sealed).challengeId === id);
  return call ? digitsSaid(call.body['Twiml'] ?? '').first : null;
}
