import {
  type Answer,
  ask,
  type Call,
  type ChallengeBody,
  nameOf,
  type ProblemBody,
  pause,
  send,
} from './api.ts';

export type Problem = { name: string; body: ProblemBody; retryAfterMs: number | null };

/** What the page knows. Screens are drawn from this and from nothing else. */
export type State = {
  challenge: ChallengeBody | null;
  /** Why there is no challenge any more. `refused`: not a login of this client. */
  gone: 'expired' | 'refused' | null;
  /** Of the last thing that the user did. `lost`: it got no answer. */
  problem: Problem | 'lost' | null;
  busy: boolean;
  offline: boolean;
  /** The service's clock minus ours, in milliseconds. */
  clockMs: number;
  /** On the way back to the login. */
  leaving: boolean;
};

export type Session = {
  /** @returns what the service answered when it did as asked. */
  act(call: Call): Promise<unknown>;
  forgetProblem(): void;
};

export const nothingKnown: State = {
  challenge: null,
  gone: null,
  problem: null,
  busy: false,
  offline: false,
  clockMs: 0,
  leaving: false,
};

type Opening = { token: string; client: string; leave: (url: string) => void };

const ended: ReadonlySet<string> = new Set(['approved', 'cancelled', 'upgrade_required']);
const waitSeconds = 25;
const maxPauseMs = 8_000;

/** Follows one challenge until it ends. Calls `changed` with each new state. */
export function openSession(opening: Opening, changed: (state: State) => void): Session {
  const { token, client, leave } = opening;
  let state = nothingKnown;
  let acting: Promise<unknown> = Promise.resolve();
  const update = (change: Partial<State>) => {
    state = { ...state, ...change };
    changed(state);
  };
  const take = (challenge: ChallengeBody) => {
    if (challenge.client !== client) return update({ gone: 'refused', challenge: null });
    const now = Date.parse(challenge.now);
    // A waiting call may be answered after a later one.
    if (state.challenge && now < Date.parse(state.challenge.now)) return;
    update({ challenge, clockMs: now - Date.now(), offline: false });
  };
  const goBack = (to: string | null | undefined) => {
    if (!to) return;
    update({ leaving: true });
    leave(to);
  };

  const look = async () => {
    const answer = await ask(token, { method: 'GET', path: '' });
    if (answer.kind === 'ok') take(answer.body as ChallengeBody);
  };

  const follow = async () => {
    let etag: string | null = null;
    let pauseMs = 500;
    while (!state.gone && !ended.has(String(state.challenge?.status))) {
      const path = etag ? `?wait=${waitSeconds}` : '';
      const answer: Answer = await ask(token, { method: 'GET', path }, { etag });
      // The answer to what the user did comes first: until then, nothing on a new screen can be pressed.
      await acting;
      if (answer.kind === 'ok') {
        etag = answer.etag ?? etag;
        pauseMs = 500;
        if (answer.body) take(answer.body as ChallengeBody);
        else update({ offline: false });
      } else {
        if (answer.kind === 'problem' && isOver(answer)) return update({ gone: isOver(answer) });
        if (answer.kind === 'lost') update({ offline: true });
        await pause((answer.kind === 'problem' && answer.retryAfterMs) || pauseMs);
        pauseMs = Math.min(2 * pauseMs, maxPauseMs);
      }
    }
  };

  const act = async (call: Call): Promise<unknown> => {
    update({ busy: true, problem: null });
    const answer = await send(token, call);
    const hasChallenge = answer.kind !== 'ok' || isChallenge(answer.body);
    if (!hasChallenge && call.method !== 'GET') await look();
    update({ busy: false });
    if (answer.kind === 'lost') return update({ problem: 'lost' });
    if (answer.kind === 'problem') {
      const { problem: body, retryAfterMs } = answer;
      if (body.challenge) take(body.challenge);
      if (isOver(answer)) return update({ gone: isOver(answer) });
      return update({ problem: { name: nameOf(body), body, retryAfterMs } });
    }
    if (isChallenge(answer.body)) {
      take(answer.body);
      goBack(answer.body.returnTo);
    }
    return answer.body ?? true;
  };

  void follow();
  return {
    forgetProblem: () => state.problem && update({ problem: null }),
    async act(call) {
      if (state.busy) return null;
      const doing = act(call);
      acting = doing;
      const done = await doing;
      const loggedOut = done && call.method === 'DELETE' && call.path === '';
      if (loggedOut && state.challenge) goBack(backTo(state.challenge));
      return done;
    },
  };
}

/** Where to log in again: the page says which challenge it was, and nothing more. */
export function backTo({ returnUrl, id }: ChallengeBody): string | null {
  if (!returnUrl) return null;
  return `${returnUrl}${returnUrl.includes('?') ? '&' : '?'}challenge=${encodeURIComponent(id)}`;
}

function isChallenge(body: unknown): body is ChallengeBody {
  return typeof body === 'object' && body !== null && 'status' in body && 'accepts' in body;
}

function isOver({ problem }: Extract<Answer, { kind: 'problem' }>): State['gone'] {
  const name = nameOf(problem);
  if (name === 'unauthenticated') return 'refused';
  return name === 'challenge-expired' ? 'expired' : null;
}
