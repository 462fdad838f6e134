import { randomUUID } from 'node:crypto';
import type { Answer, Request, Says } from './history.ts';
import type { codeListener } from './replica.ts';
import { wrong } from './service.ts';

/** Where people come to sign in. */
export type Desk = {
  apiKey: string;
  codes: ReturnType<typeof codeListener>;
  /** Null when nobody knows what became of it. */
  call(request: Request, says: Says): Promise<Answer | null>;
};

/** Thrown when an answer was lost: the person goes home, and another comes. */
class Lost extends Error {}

/** People who come one after another, each new, until told otherwise. */
export async function visitors(desk: Desk, lane: number, more: () => boolean): Promise<void> {
  while (more()) {
    try {
      await visit(desk, lane);
    } catch (thrown) {
      if (!(thrown instanceof Lost)) throw thrown;
    }
  }
}

/**
 * Sets up a phone, signs in after a wrong guess, and breaks off a login. An admin acts for the user. An
 * eavesdropper uses the same code and the same result at the same moment.
 */
async function visit(desk: Desk, lane: number): Promise<void> {
  const person = somebodyIn(desk, lane);
  const enrolling = await person.signIn();
  await enrolling.addPhone();
  await enrolling.skip();
  const login = await person.signIn();
  // Who was cut off on the way may have no phone yet.
  if (!login.heard) return;
  await login.guess(wrong(login.heard));
  await login.look();
  const token = await login.guessWithRival();
  await person.redeemWithRival(token);
  const brokenOff = await person.signIn();
  await brokenOff.cancel();
  await person.unlock();
  await person.setPolicy();
}

type Body = { id: string; status: string; code: object | null; challengeToken: string };

/** @param lane tells apart, by the end of the number, whom a code is printed for. */
function somebodyIn(desk: Desk, lane: number) {
  const userId = `user-${randomUUID()}`;
  const ending = String(lane).padStart(2, '0');
  const phone = `+3161${String(Math.floor(Math.random() * 100_000)).padStart(5, '0')}${ending}`;
  const hint = `316*****${ending}`;
  const url = `/v1/organizations/acme/users/${userId}`;

  const call = async (method: string, path: string, given: object, says: Says) => {
    const request = { method, path, bearer: desk.apiKey, actor: userId, ...given };
    const answer = await desk.call(request, says);
    if (!answer) throw new Lost();
    return answer;
  };

  /** A call that has a code sent, and the code that was then printed. */
  const hear = async (method: string, path: string, given: object, says: Says) => {
    const before = desk.codes.count(hint);
    const body = (await call(method, path, given, says)).body as Body;
    return { body, code: body.code ? await desk.codes.after(hint, before) : '' };
  };

  return {
    async signIn() {
      const start = { organizationId: 'acme', userId, app: { name: 'company-panel' } };
      const { body, code } = await hear('POST', '/v1/challenges', { body: start }, started);
      const { id, challengeToken: bearer } = body;
      const guess = (digits: string) => {
        const says: Says = ({ status, body: now }) => guessed(id, status, now['status']);
        return call('POST', '/v1/challenge/verify', { bearer, body: { code: digits } }, says);
      };
      return {
        heard: code,
        guess,
        look: () => call('GET', '/v1/challenge', { bearer }, nothing),
        /** The token of the result, which one of the two got. */
        async guessWithRival(): Promise<string> {
          const answers = await Promise.all([guess(code), guess(code)]);
          const results = answers.map(
            (answer) => answer.body['result'] as { token: string } | null,
          );
          const token = results.find(Boolean)?.token;
          if (!token) throw new Lost();
          return token;
        },
        async addPhone() {
          const given = { bearer, body: { method: 'call', phoneNumber: phone } };
          const says = when(201, `code.sent ${id}`);
          return guess((await hear('POST', '/v1/challenge/factors', given, says)).code);
        },
        skip: () => {
          const says = when(200, `enrolment.skipped ${id}`, `challenge.approved ${id}`);
          return call('POST', '/v1/challenge/skip', { bearer, body: {} }, says);
        },
        cancel: () =>
          call('DELETE', '/v1/challenge', { bearer }, when(204, `challenge.cancelled ${id}`)),
      };
    },
    redeemWithRival: (token: string) => {
      const redeem = () => call('POST', '/v1/results/redeem', { body: { token } }, nothing);
      return Promise.all([redeem(), redeem()]);
    },
    unlock: () => call('POST', `${url}/unlock`, { body: {} }, when(204, `user.unlocked ${userId}`)),
    setPolicy: () => {
      const body = { policy: 'mandatory' };
      return call('PATCH', url, { body }, when(200, `user.policy-changed ${userId}`));
    },
  };
}

const nothing: Says = () => [];

function when(expected: number, ...events: string[]): Says {
  return ({ status }) => (status === expected ? events : []);
}

const started: Says = ({ status, body }) => {
  if (status !== 201) return [];
  const sent = body['code'] ? [`code.sent ${body['id']}`] : [];
  return [`challenge.started ${body['id']}`, ...sent];
};

function guessed(id: string, status: number, now: unknown): string[] {
  if (status === 422) return [`code.wrong ${id}`];
  if (status !== 200) return [];
  return [now === 'approved' ? `challenge.approved ${id}` : `factor.added ${id}`];
}
