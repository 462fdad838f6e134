import type { Answer } from './http.ts';
import type { StepsOf } from './server.ts';

/** The second step of better-auth: begin (what its sign-in leaves behind), send the code, verify it. */
export const betterAuthSteps: StepsOf = ({ http, url: origin, codes }) => {
  const post = (path: string, cookie: string, body: object) =>
    http.send(path, { headers: { origin, cookie }, body });
  return {
    async start({ userId }) {
      const begun = expectGood('begin', await post('/api/auth/bench/begin', '', { userId }));
      const cookie = cookiesOf(begun);
      expectGood('send', await post('/api/auth/two-factor/send-otp', cookie, {}));
      return { credential: cookie, code: await codes.for(userId) };
    },
    async verify({ credential: cookie, code: right }, code = right) {
      const answer = await post('/api/auth/two-factor/verify-otp', cookie, { code });
      return { credential: answer.status === 200 ? cookiesOf(answer) : null };
    },
    async redeem({ credential: cookie }, { userId }) {
      const answer = await http.send('/api/auth/get-session', {
        method: 'GET',
        headers: { cookie: cookie ?? '' },
      });
      const { user } = expectGood('session', answer).body as { user?: { id: string } };
      if (user?.id !== userId) throw new Error('the session is about another user');
    },
  };
};

/** Auth.js: send the code, verify it, and ask who is signed in. The answer to a right code is a session. */
export const authJsSteps: StepsOf = ({ http, codes }) => {
  const headers = { 'x-auth-return-redirect': '1' };
  const addressOf = (userId: string) => `${userId}@bench.example`;
  return {
    async start({ userId }) {
      const email = addressOf(userId);
      const sent = await http.send('/auth/signin/code', { headers, body: { email } });
      expectGood('signin', sent);
      return { credential: email, code: await codes.for(email) };
    },
    async verify({ credential: email, code: right }, code = right) {
      const query = new URLSearchParams({ token: code, email });
      const answer = await http.send(`/auth/callback/code?${query}`, { method: 'GET', headers });
      const session = answer.cookies.find((cookie) => cookie.includes('session-token='));
      return { credential: session?.split(';', 1)[0] ?? null };
    },
    async redeem({ credential: cookie }, { userId }) {
      const answer = await http.send('/auth/session', {
        method: 'GET',
        headers: { cookie: cookie ?? '' },
      });
      const { user } = expectGood('session', answer).body as { user?: { email: string } };
      if (user?.email !== addressOf(userId)) throw new Error('the session is about another user');
    },
  };
};

function cookiesOf({ cookies }: Answer): string {
  return cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ');
}

function expectGood(what: string, answer: Answer): Answer {
  if (answer.status === 200) return answer;
  throw new Error(`${answer.status} to ${what}: ${JSON.stringify(answer.body)}`);
}
