import type { RouteOptions } from 'fastify';
import Type, { type Static } from 'typebox';
import { type ProblemName, problemKind, problemNames } from '../../domain/problems.ts';
import type { App } from '../route.ts';
import { ChallengeRefSchema } from '../schemas/challenge-schema.ts';
import { counted, exampleRequestId, oneOf, said } from '../schemas/fields.ts';

const types = problemNames.map((name) => `/problems/${name}` as const);

/** RFC 9457, with the fields that this API adds. */
export const ProblemSchema = Type.Object(
  {
    type: oneOf(types, {
      description: 'Which problem it is: a page at this address explains it.',
      examples: ['/problems/code-incorrect'],
    }),
    title: said('What the problem is, in a few words.', 'The code is not correct'),
    status: counted('The HTTP status.', 422),
    detail: Type.Optional(said('What to do about it.', 'Enter it again.')),
    instance: Type.Optional(said('The `X-Request-Id` of this answer.', exampleRequestId)),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: said('JSON Pointer (RFC 6901) into what was sent.', '/userId'),
          detail: said('What is wrong there.', 'is missing'),
        }),
        {
          description:
            'Of `invalid-request`: each field that was refused. Of `unavailable`: what is missing.',
        },
      ),
    ),
    attemptsRemaining: Type.Optional(counted('Of a wrong guess: how many are left.', 4)),
  },
  { $id: 'Problem', description: 'Why a call was refused (RFC 9457).' },
);

/** Of a call with a challenge token. */
export const ChallengeProblemSchema = Type.Object(
  { ...ProblemSchema.properties, challenge: Type.Optional(ChallengeRefSchema) },
  {
    $id: 'ChallengeProblem',
    description: 'Why a call was refused, and the challenge as it now stands if the token is good.',
  },
);

export type ProblemBody = Static<typeof ChallengeProblemSchema>;

const mediaType = 'application/problem+json';

type Examples = Record<string, { $ref: string }>;

type Response = {
  description?: string;
  content?: Record<string, { schema: unknown; examples?: Examples }>;
};

type Responses = Record<string, Response>;

/** The problems of one call, besides the common ones ({@link describeProblems}). */
export function problemResponses(...names: ProblemName[]): Responses {
  const byStatus = Map.groupBy(names.map(problemKind), ({ status }) => status);
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, response(group)]));
}

/** Merges responses. Each status lists all its problems. */
export function withProblems(response: unknown = {}, ...names: ProblemName[]): Responses {
  const own = response as Responses;
  const merged = Object.entries(problemResponses(...names)).map(([status, more]) => [
    status,
    merge(own[status], more),
  ]);
  return { ...own, ...Object.fromEntries(merged) };
}

function merge(own: Response | undefined, more: Response): Response {
  const words = [own?.description, more.description].filter(Boolean);
  const examples = { ...examplesOf(own), ...examplesOf(more) };
  return { description: [...new Set(words)].join(' '), content: content(examples) };
}

function examplesOf(response?: Response): Examples {
  return response?.content?.[mediaType]?.examples ?? {};
}

/** Adds the problems that come from credentials and bodies. Routes list only the others. */
export function describeProblems(app: App): void {
  app.addHook('onRoute', (route) => {
    const { schema } = route;
    if (!schema || schema.hide) return;
    route.schema = { ...schema, response: withProblems(schema.response, ...commonProblems(route)) };
  });
}

const ofAny: ProblemName[] = ['invalid-request', 'internal'];
const ofCredential: Record<string, ProblemName[]> = {
  apiKey: ['unauthenticated', 'forbidden', 'not-found', 'unavailable'],
  challengeToken: ['unauthenticated', 'challenge-expired', 'too-many-requests', 'unavailable'],
};
const ofBody: ProblemName[] = ['payload-too-large', 'unsupported-media-type'];

function commonProblems({ method, schema }: RouteOptions): ProblemName[] {
  const credentials = (schema?.security ?? []).flatMap((one) => Object.keys(one));
  const ofCredentials = credentials.flatMap((name) => ofCredential[name] ?? []);
  // Our DELETE calls take no body, but one that is sent is parsed.
  const readsBody = [method].flat().some((one) => one !== 'GET' && one !== 'HEAD');
  return [...ofAny, ...ofCredentials, ...(readsBody ? ofBody : [])];
}

/** `scripts/openapi/` makes the examples. */
function response(group: { name: ProblemName; title: string }[]): Response {
  const examples = group.map(({ name }) => [name, { $ref: `#/components/examples/${name}` }]);
  return {
    description: group.map(({ name, title }) => `\`${name}\`: ${title}.`).join(' '),
    content: content(Object.fromEntries(examples)),
  };
}

function content(examples: Examples): Required<Response>['content'] {
  return { [mediaType]: { schema: Type.Ref('Problem#'), examples } };
}
