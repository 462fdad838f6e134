import Type, { type Static } from 'typebox';
import { type ProblemName, problemKind } from '../domain/problems.ts';
import { ChallengeRefSchema } from './challenge-schema.ts';

/** RFC 9457, with what this API adds to it. */
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

/** The answers a route can give besides its own: one entry for each status, naming the problems. */
export function problemResponses(...names: ProblemName[]) {
  const always: ProblemName[] = ['internal', 'unavailable'];
  const kinds = [...names, ...always].map(problemKind);
  const byStatus = Map.groupBy(kinds, ({ status }) => status);
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, response(group)]));
}

function response(group: { name: ProblemName; title: string }[]) {
  return {
    description: group.map(({ name, title }) => `\`${name}\`: ${title}.`).join(' '),
    content: { 'application/problem+json': { schema: Type.Ref('Problem#') } },
  };
}
