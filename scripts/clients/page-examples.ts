import { equal, match } from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Program, root, run } from '../../test/e2e/program.ts';
import { freePort } from '../../test/support/server-process.ts';

type Settings = {
  DOUBLECHECK_URL: string;
  DOUBLECHECK_API_KEY: string;
};

const letIn = /^Let in: 42 by pwd mfa otp tel$/m;

/** Signs in with each example that uses the page. The user has a phone there already. */
export async function runPageExamples(
  env: Settings,
  allowReturn: (url: string) => Promise<unknown>,
): Promise<void> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/`;
  await allowReturn(`${address}done`);
  await viaCurl(env, `${address}done`);
  const folder = 'examples/typescript';
  await viaServer(
    run('node', ['page.ts', named(folder)], inFolder(folder, { ...env, PORT: `${port}` })),
  );
  const php = { ...env, ORGANIZATION: named('examples/php') };
  await viaServer(
    run('php', ['-S', `127.0.0.1:${port}`, 'page.php'], inFolder('examples/php', php)),
  );

  async function viaServer(server: Program): Promise<void> {
    try {
      match(await signIn(env, address), letIn);
    } finally {
      await server.stop();
    }
  }
}

/** The organization in which an example signs in. */
export function named(folder: string): string {
  return folder.replace('/', '-');
}

function inFolder(folder: string, env: Record<string, string>) {
  return { cwd: join(root, folder), env };
}

async function viaCurl(env: Settings, returnUrl: string): Promise<void> {
  const folder = 'examples/curl';
  const script = run('./page.sh', [named(folder), '42', returnUrl], inFolder(folder, env));
  const [, pageUrl = ''] = await script.until(/^Open (\S+)$/m);
  script.type(await atPage(env, pageUrl));
  equal(await script.exit, 0);
  match(script.output, letIn);
}

/** What a browser does: it follows the backend to the page, and the page back. */
async function signIn(env: Settings, address: string): Promise<string> {
  const begun = await firstAnswer(address);
  const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
  const returnTo = await atPage(env, begun.headers.get('location') ?? '');
  equal((await fetch(returnTo)).status, 403, 'another browser is let in');
  return (await fetch(returnTo, { headers: { cookie } })).text();
}

async function firstAnswer(address: string): Promise<Response> {
  for (let left = 100; ; left -= 1) {
    const answer = await fetch(address, { redirect: 'manual' }).catch(() => null);
    if (answer) return answer;
    if (left === 0) throw new Error(`nothing answers at ${address}`);
    await delay(100);
  }
}

/** What the page does, with the token in its fragment. @returns where it sends the browser. */
async function atPage(env: Settings, pageUrl: string): Promise<string> {
  const token = new URL(pageUrl).hash.slice(1);
  const ask = async (path: string, bearer: string, body?: object) => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const sent = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(env.DOUBLECHECK_URL + path, { headers, ...sent });
    return (await answer.json()) as Record<string, string>;
  };
  const { id } = await ask('/v1/challenge', token);
  const { code } = await ask(`/v1/test/challenges/${id}/code`, env.DOUBLECHECK_API_KEY);
  const { returnTo = '' } = await ask('/v1/challenge/verify', token, { code });
  return returnTo;
}
