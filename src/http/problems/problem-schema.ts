import type { RouteOptions } from 'fastify';
import Type, { type Static } from 'typebox';
import { type ProblemName, problemKind } from '../../domain/problems.ts';
import type { App } from '../route.ts';
import { ChallengeRefSchema } from '../schemas/challenge-schema.ts';

/** RFC 9457, with the fields that this API adds. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Which problem it is: a page at this address explains it.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String({ description: 'The `X-Request-Id` of this answer.' })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ description: 'JSON Pointer (RFC 6901) into what was sent.' }),
          detail: Type.String(),
        }),
      ),
    ),
    attemptsRemaining: Type.Optional(Type.Integer()),
    challenge: Type.Optional(ChallengeRefSchema),
  },
  { $id: 'Problem' },
);

export type ProblemBody = Static<typeof ProblemSchema>;

type Responses = Record<string, { description?: string }>;

/** The problems of one call, besides the common ones ({@link describeProblems}). */
export function problemResponses(...names: ProblemName[]): Responses {
  const byStatus = Map.groupBy(names.map(problemKind), ({ status }) => status);
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, response(group)]));
}

/** Merges responses. Each status lists all its problems. */
export function withProblems(response: unknown = {}, ...names: ProblemName[]): Responses {
  const own = response as Responses;
  const merged = Object.entries(problemResponses(...names)).map(([status, more]) => {
    const words = [own[status]?.description, more.description].filter(Boolean);
    return [status, { ...more, description: [...new Set(words)].join(' ') }];
  });
  return { ...own, ...Object.fromEntries(merged) };
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

function response(group: { name: ProblemName; title: string }[]) {
  return {
    description: group.map(({ name, title }) => `\`${name}\`: ${title}.`).join(' '),
    content: { 'application/problem+json': { schema: Type.Ref('Problem#') } },
  };
}
