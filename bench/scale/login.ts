import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Twilio } from '../delivery/twilio.ts';
import type { Person } from '../shared/people.ts';

/** The calls of a login, in this order. */
export const steps = ['start', 'verify', 'redeem'] as const;

export type Step = (typeof steps)[number];

/** Milliseconds of each call and of all, from the first byte sent to the last one received. */
export type Timing = Record<Step | 'login', number>;

type Service = { urls: readonly string[]; apiKey: string; twilio: Twilio };

type Body = { challengeToken?: string; result?: { token: string } | null; sub?: string };

/** Makes whole logins. Each call goes to the replica with the fewest calls in flight, and keeps its connection. */
export function openLogins({ urls, apiKey, twilio }: Service) {
  const agent = new Agent({ keepAlive: true });
  const inFlight = urls.map(() => 0);
  const post = async (path: string, credential: string, body: object): Promise<Body> => {
    const replica = inFlight.indexOf(Math.min(...inFlight));
    const count = (change: 1 | -1) => {
      inFlight[replica] = (inFlight[replica] ?? 0) + change;
    };
    count(1);
    const sent = { credential, body: JSON.stringify(body) };
    return send(new URL(path, urls[replica]), agent, sent).finally(() => count(-1));
  };

  async function logIn({ organizationId, userId, number }: Person): Promise<Timing> {
    const timing: Timing = { start: 0, verify: 0, redeem: 0, login: 0 };
    const timed = async (step: Step, call: Promise<Body>) => {
      const startedAt = performance.now();
      const body = await call;
      timing[step] = performance.now() - startedAt;
      timing.login += timing[step];
      return body;
    };
    const app = { name: 'company-panel' };
    const start = post('/v1/challenges', apiKey, { organizationId, userId, app });
    const { challengeToken = '' } = await timed('start', start);
    const code = await twilio.codes.for(number);
    const { result } = await timed(
      'verify',
      post('/v1/challenge/verify', challengeToken, { code }),
    );
    const token = result?.token ?? '';
    const { sub } = await timed('redeem', post('/v1/results/redeem', apiKey, { token }));
    if (sub !== userId) throw new Error('the result is about another user');
    return timing;
  }
  return { logIn, close: () => agent.destroy() };
}

type Sent = { credential: string; body: string };

function send(url: URL, agent: Agent, { credential, body }: Sent): Promise<Body> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${credential}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, async (answer) => {
      const content = (await json(answer).catch(() => ({}))) as Body & { type?: string };
      if ((answer.statusCode ?? 500) < 300) resolve(content);
      else reject(new Error(`${answer.statusCode} ${content.type} to ${url.pathname}`));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
