import { challenge, challenges } from './challenge.ts';
import type { operations } from './generated/api.ts';
import { results } from './results.ts';
import { type Call, type Options, openTransport } from './transport.ts';

export type * from './challenge.ts';
export type { components, operations, paths } from './generated/api.ts';
export { type Problem, ProblemError, type ProblemName, UnreachableError } from './problem.ts';
export {
  type Challenge,
  type Expected,
  type RedeemedResult,
  type RedeemOptions,
  type ResultClaims,
  ResultMismatchError,
} from './results.ts';
export type { Call, Options } from './transport.ts';
export { version } from './version.ts';
export { type Alert, verifyWebhook, WebhookVerificationError } from './webhooks.ts';

type OrganizationInput =
  operations['putOrganization']['requestBody']['content']['application/json'];

type TestCode = operations['readTestCode']['responses'][200]['content']['application/json'];

/** The second step of a login. Calls throw ProblemError when refused, UnreachableError without an answer. */
export class Doublecheck {
  readonly challenges: ReturnType<typeof challenges>;
  readonly results: ReturnType<typeof results>;
  readonly #transport: ReturnType<typeof openTransport>;

  constructor(options: Options) {
    this.#transport = openTransport(options);
    this.challenges = challenges(this.#transport);
    this.results = results(this.#transport, options);
  }

  /** What a screen does, with the token of its challenge. */
  challenge(token: string) {
    return challenge(this.#transport, token);
  }

  /** Any other call of the API. */
  async request<Body = unknown>(call: Call): Promise<Body> {
    return (await this.#transport(call)).body as Body;
  }

  readonly organizations = {
    set: (id: string, body: OrganizationInput) =>
      this.request({ method: 'PUT', path: `/v1/organizations/${encodeURIComponent(id)}`, body }),
  };

  /** With a test key alone. */
  readonly test = {
    readCode: (challengeId: string) =>
      this.request<TestCode>({ method: 'GET', path: `/v1/test/challenges/${challengeId}/code` }),
    advance: (challengeId: string, seconds: number) => {
      const path = `/v1/test/challenges/${challengeId}/advance`;
      return this.request({ method: 'POST', path, body: { seconds } });
    },
  };
}
