import type { Person } from '../shared/people.ts';
import type { Answer, Http } from './http.ts';
import type { Steps } from './server.ts';
import type { Codes } from './server-process.ts';

type Service = {
  http: Http;
  codes: Codes;
  apiKey: string;
  /** Where the code for a person is delivered. */
  addressOf(person: Person): string;
};

/** The steps at the service and at the floors, which have the same routes. */
export function challengeSteps({ http, codes, apiKey, addressOf }: Service): Steps {
  const post = async (path: string, credential: string, body: object) =>
    expectGood(path, await http.send(path, { headers: bearer(credential), body }));
  return {
    async start(person) {
      const { organizationId, userId } = person;
      const app = { name: 'company-panel' };
      const body = await post('/v1/challenges', apiKey, { organizationId, userId, app });
      const code = await codes.for(addressOf(person));
      return { credential: String(body['challengeToken']), code };
    },
    async verify({ credential, code: right }, code = right) {
      const { result } = await post('/v1/challenge/verify', credential, { code });
      return { credential: (result as { token: string } | null)?.token ?? null };
    },
    async redeem({ credential: token }, { userId }) {
      const { sub } = await post('/v1/results/redeem', apiKey, { token: token ?? '' });
      if (sub !== userId) throw new Error('the result is about another user');
    },
  };
}

function bearer(credential: string): Record<string, string> {
  return { authorization: `Bearer ${credential}` };
}

function expectGood(path: string, { status, body }: Answer): Record<string, unknown> {
  if (status >= 200 && status < 300) return body;
  throw new Error(`${status} ${body['type'] ?? ''} to ${path}`);
}
