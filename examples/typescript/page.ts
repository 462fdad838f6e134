/** A login with Doublecheck's page: a backend that asks for no password. Open its address in a browser. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Doublecheck, ProblemError } from 'doublecheck-client';

const { DOUBLECHECK_URL: url = '', DOUBLECHECK_API_KEY: apiKey = '', PORT = '8000' } = process.env;
const [organizationId = 'acme', userId = '42'] = process.argv.slice(2);
const doublecheck = new Doublecheck({ url, apiKey });
// Allowed beforehand: clients allow-return company-panel http://127.0.0.1:8000/done
const returnUrl = `http://127.0.0.1:${PORT}/done`;

/** Which challenge the browser of a session began. */
const sessions = new Map<string, string>();

/** The password was right. */
async function begin(response: ServerResponse): Promise<void> {
  const app = { name: 'company-panel' };
  const started = await doublecheck.challenges.start({ organizationId, userId, app, returnUrl });
  if (started.result) return letIn(response, started.id, started.result.token);
  const session = randomUUID();
  sessions.set(session, started.id);
  const cookie = `session=${session}; HttpOnly; SameSite=Lax; Path=/`;
  response.writeHead(303, { location: started.pageUrl ?? '', 'set-cookie': cookie }).end();
}

async function letIn(response: ServerResponse, challengeId: string, token: string) {
  const expected = { organizationId, userId, challengeId };
  const { sub, amr } = await doublecheck.results.redeem(token, expected);
  response.end(`Let in: ${sub} by ${amr.join(' ')}\n`);
}

/** Only the browser that began this challenge ends it: the proof alone may be somebody else's. */
async function end(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
  const [, session = ''] = /session=([\w-]+)/.exec(request.headers.cookie ?? '') ?? [];
  const [id, proof] = [query.get('challenge') ?? '', query.get('proof')];
  if (sessions.get(session) !== id || proof === null) return refuse(response);
  sessions.delete(session);
  const { result } = await doublecheck.challenges.find(id, { proof });
  return result ? letIn(response, id, result.token) : refuse(response);
}

function refuse(response: ServerResponse, why = 'sign in again'): void {
  response.writeHead(403).end(`Not let in: ${why}\n`);
}

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', returnUrl);
  const answer = pathname === '/done' ? end(request, response, searchParams) : begin(response);
  answer.catch((error: unknown) => {
    refuse(response, error instanceof ProblemError ? error.message : 'try again later');
  });
}).listen(Number(PORT), '127.0.0.1');
