import { type ProblemName, problemKind, problemNames } from '../../src/domain/problems.ts';
import type { ProblemBody } from '../../src/http/problems/problem-schema.ts';
import { exampleRequestId } from '../../src/http/schemas/fields.ts';

/** What some problems say besides their type. */
const more: Partial<Record<ProblemName, Partial<ProblemBody>>> = {
  'invalid-request': { errors: [{ pointer: '/userId', detail: 'is missing' }] },
  forbidden: { detail: 'The API key lacks the scope `admin`.' },
  'code-incorrect': { attemptsRemaining: 4 },
  'attempts-exhausted': { attemptsRemaining: 0 },
};

/** One example of each problem that an answer has. */
export function problemExamples(isMet: (name: ProblemName) => boolean) {
  return Object.fromEntries(
    problemNames.filter(isMet).map((name) => {
      const { status, title, remedy } = problemKind(name);
      const type = `/problems/${name}` as const;
      const common = { type, title, status, detail: remedy, instance: exampleRequestId };
      return [name, { summary: title, value: { ...common, ...more[name] } }];
    }),
  );
}
