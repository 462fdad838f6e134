import type { Answer, Attempt, Call } from './history.ts';

/** Sends a call once more, and notes how that ended. */
export async function attempt(url: string, call: Call): Promise<Attempt> {
  const answer = await send(url, call).catch(() => null);
  const done = { endedAt: Date.now(), answer };
  call.attempts.push(done);
  return done;
}

async function send(url: string, { key, request }: Call): Promise<Answer> {
  const { method, path, bearer, body, actor } = request;
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(method === 'POST' && { 'idempotency-key': key }),
      ...(body && { 'content-type': 'application/json' }),
      ...(actor && { 'x-actor': actor }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
}
