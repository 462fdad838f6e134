/**
 * Writes the calls and answers of docs/integrate.md anew, from a service that runs: `npm run guide`, with
 * DOUBLECHECK_URL and, in DOUBLECHECK_API_KEY, a new key of test mode that has all scopes. Its client may return to
 * `returnUrl`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fillGuide } from './guide/exchanges.ts';
import { type Call, playFlows } from './guide/flows.ts';

const { DOUBLECHECK_URL: url = 'http://127.0.0.1:3000', DOUBLECHECK_API_KEY: key = '' } =
  process.env;
const file = new URL('../docs/integrate.md', import.meta.url);

const call: Call = async (method, path, { bearer, headers, body }) => {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
};

writeFileSync(file, fillGuide(readFileSync(file, 'utf8'), await playFlows(call, key)));
