import type { Codes } from '../delivery/codes.ts';
import type { Person } from '../shared/people.ts';
import type { Answer, Http } from './http.ts';
import type { Started, Steps } from './server.ts';

type Service = {
  http: Http;
  codes: Codes;
  apiKey: string;
  /** Where the code for a person is delivered. */
  addressOf(person: Person): string;
};

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

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
      const path = '/v1/challenge/verify';
      const answer = await http.send(path, { headers: bearer(credential), body: { code } });
      if (answer.body['type'] === '/problems/code-incorrect') return { credential: null };
      const { result } = expectGood(path, answer);
      return { credential: (result as { token: string } | null)?.token ?? null };
    },
    async redeem({ credential: token }, { userId }) {
      const { sub } = await post('/v1/results/redeem', apiKey, { token: token ?? '' });
      if (sub !== userId) throw new Error('the result is about another user');
    },
  };
}

/** Only the service has these. */
export function otherRequests(http: Http): NonNullable<Steps['others']> {
  const expect = async (expected: number, answer: Promise<Answer>) => {
    const { status } = await answer;
    if (status !== expected) throw new Error(`${status} instead of ${expected}`);
  };
  const path = '/v1/challenge';
  const read = ({ credential }: Started) =>
    http.send(path, { method: 'GET', headers: bearer(credential) });
  const readAs = ({ credential }: Started) => read({ credential: `${credential}x`, code: '' });
  const startAs = (key: string) =>
    http.send('/v1/challenges', {
      headers: bearer(key),
      body: { organizationId: 'a', userId: 'b' },
    });
  return {
    'read the challenge': (started) => expect(200, read(started)),
    'forged token': (started) => expect(401, readAs(started)),
    'unknown API key': () => expect(401, startAs('an-unknown-key')),
  };
}

function expectGood(path: string, { status, body }: Answer): Record<string, unknown> {
  if (status >= 200 && status < 300) return body;
  throw new Error(`${status} ${body['type'] ?? ''} to ${path}`);
}
