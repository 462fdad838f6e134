import type { operations } from './generated/api.ts';
import type { Challenge } from './results.ts';
import type { Call, Transport } from './transport.ts';

export type StartInput = operations['startChallenge']['requestBody']['content']['application/json'];

/** A started challenge also has the token that opens it. */
export type StartedChallenge = Challenge & { challengeToken: string };

export type Keyed = { idempotencyKey?: string };

/** `rememberDevice`: the user wants this browser or app remembered. */
export type Proof = ({ code: string } | { recoveryCode: string } | { pass: string }) & {
  rememberDevice?: boolean;
};

export type NewFactor = { method: 'call'; phoneNumber: string } | { method: 'push' };

/** The calls of a backend about challenges. */
export function challenges(transport: Transport) {
  return {
    /** @param callerAddress the network address of the person, for the audit trail. */
    async start(
      input: StartInput,
      { idempotencyKey, callerAddress }: Keyed & { callerAddress?: string } = {},
    ): Promise<StartedChallenge> {
      const headers = callerAddress ? { 'x-caller-address': callerAddress } : {};
      const call = { method: 'POST', path: '/v1/challenges', takesKey: true } as const;
      const { body } = await transport({ ...call, body: input, headers, idempotencyKey });
      return body as StartedChallenge;
    },

    /**
     * Where it stands, until 15 minutes after its end: for the client that started it.
     *
     * @param proof what the page added to the `returnUrl`: without it there is no `result`.
     */
    async find(id: string, { proof }: { proof?: string } = {}): Promise<Challenge> {
      const query = proof === undefined ? '' : `?proof=${encodeURIComponent(proof)}`;
      const path = `/v1/challenges/${encodeURIComponent(id)}${query}`;
      return (await transport({ method: 'GET', path })).body as Challenge;
    },
  };
}

/** The calls that a challenge token opens: for screens of your own. */
export function challenge(transport: Transport, token: string) {
  const send = async (call: Omit<Call, 'bearer'>) => transport({ ...call, bearer: token });
  const post = async (path: string, body?: object, { idempotencyKey }: Keyed = {}) => {
    const keyed = { takesKey: true, idempotencyKey };
    const answer = await send({ method: 'POST', path: `/v1/challenge${path}`, body, ...keyed });
    return answer.body as Challenge;
  };
  return {
    /** With `waitSeconds` and the last `etag`, answers when that changes; null: it did not. */
    async get({ waitSeconds = 0, etag }: { waitSeconds?: number; etag?: string } = {}) {
      const path = `/v1/challenge${waitSeconds > 0 ? `?wait=${waitSeconds}` : ''}`;
      const headers = etag === undefined ? {} : { 'if-none-match': etag };
      const held = { holdMs: waitSeconds * 1000 };
      const answer = await send({ method: 'GET', path, headers, ...held });
      const challenge = answer.status === 304 ? null : (answer.body as Challenge);
      return { challenge, etag: answer.headers.get('etag') ?? '' };
    },
    sendCode: (factorId?: string, keyed?: Keyed) =>
      post('/code', factorId ? { factorId } : {}, keyed),
    verify: (proof: Proof, keyed?: Keyed) => post('/verify', proof, keyed),
    addFactor: (factor: NewFactor, keyed?: Keyed) => post('/factors', factor, keyed),
    skip: (keyed?: Keyed) => post('/skip', undefined, keyed),
    cancel: async () => void (await send({ method: 'DELETE', path: '/v1/challenge' })),
  };
}
