import Type from 'typebox';
import { Problem, type ProblemName, problemKind, problemNames } from '../../domain/problems.ts';
import { sharedMessages } from '../../messages/index.ts';
import { problemResponses } from '../problems/problem-schema.ts';
import type { App, RouteList } from '../route.ts';
import { said } from '../schemas/fields.ts';
import { pagePolicy } from '../security-headers.ts';

const style = `body{font:16px/1.5 system-ui;max-width:44rem;margin:3rem auto;padding:0 1rem}
td,th{text-align:left;padding:.2rem 1rem .2rem 0}`;

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': pagePolicy(style),
};

function getProblemRoute(app: App): void {
  app.route({
    method: 'GET',
    url: '/problems/:name',
    schema: {
      operationId: 'getProblem',
      summary: 'What a problem means and what to do about it',
      description: 'A page for people: the `type` of each problem is its address.',
      tags: ['Operation'],
      params: Type.Object({ name: said('The name of a problem.', 'code-incorrect') }),
      response: {
        200: {
          description: 'A page.',
          content: { 'text/html': { schema: said('HTML.', '<!doctype html>…') } },
        },
        ...problemResponses('not-found'),
      },
    },
    handler: async (request, reply) => {
      const name = problemNames.find((one) => one === request.params.name);
      if (!name) throw new Problem('not-found');
      const { title, status, remedy } = problemKind(name);
      const body = `<h1>${title}</h1><p><code>${name}</code>, status ${status}.</p><p>${prose(remedy)}</p>${wordsOf(name)}`;
      return reply.headers(pageHeaders).send(page(title, body));
    },
  });
}

function listProblemsRoute(app: App): void {
  app.route({
    method: 'GET',
    url: '/problems',
    schema: { hide: true },
    handler: async (_request, reply) => {
      const rows = problemNames.map(problemKind).map(row).join('');
      const table = `<table><tr><th>type</th><th>status</th><th></th></tr>${rows}</table>`;
      return reply.headers(pageHeaders).send(page('Problems', `<h1>Problems</h1>${table}`));
    },
  });
}

/** A page for each problem, at the URL of its `type`. */
export const problemsRoutes: RouteList = [getProblemRoute, listProblemsRoute];

function row({ name, status, title }: ReturnType<typeof problemKind>): string {
  const link = `<a href="/problems/${name}">${name}</a>`;
  return `<tr><td>${link}</td><td>${status}</td><td>${title}</td></tr>`;
}

/** What our page tells the user, for screens of the caller's own. */
function wordsOf(name: ProblemName): string {
  const rows = Object.entries(sharedMessages).flatMap(([language, messages]) => {
    const said = new Map(Object.entries(messages)).get(`problem.${name}`);
    return said ? `<tr><th>${language}</th><td lang="${language}">${said}</td></tr>` : [];
  });
  return rows.length > 0 ? `<p>What to tell the user:</p><table>${rows.join('')}</table>` : '';
}

/** Backquotes in the table mark text to type. */
function prose(text: string): string {
  return text.replace(/`([^`]+)`/g, '<code>$1</code>');
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style>${style}</style>${body}</html>`;
}
