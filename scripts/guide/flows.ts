import type { Exchange } from './exchanges.ts';

/** Makes one call. @returns its status, and its body: JSON, or an empty text. */
export type Call = (
  method: string,
  url: string,
  request: { bearer: string; headers: Record<string, string>; body?: unknown },
  // biome-ignore lint/suspicious/noExplicitAny: the guide shows whatever comes back.
) => Promise<{ status: number; body: any }>;

/** `shown`: what the guide has in place of `body`. */
type Options = { headers?: Record<string, string>; body?: unknown; shown?: unknown };

const acme = '/v1/organizations/acme';
const app = { name: 'company-panel' };
const phone = { method: 'call', phoneNumber: '+999 000 000 00' };
export const returnUrl = 'https://panel.example/done';
const asUser = { headers: { 'x-actor': '42' } };
const asHelpdesk = { headers: { 'x-actor': 'helpdesk-1' } };

/** Plays the flows of docs/integrate.md with a key of test mode that has all scopes. */
export async function playFlows(call: Call, key: string): Promise<Map<string, Exchange[]>> {
  const flows = new Map<string, Exchange[]>();
  const play = async (name: string, flow: (player: Player) => Promise<void>) => {
    const exchanges: Exchange[] = [];
    await flow(playerOf(call, key, exchanges));
    flows.set(name, exchanges);
  };
  await play('first-login', firstLogin);
  await play('next-login', nextLogin);
  await play('page-login', pageLogin);
  await play('edit', edit);
  await play('lost-phone', lostPhone);
  await play('known-device', knownDevice);
  await play('app', appLogin);
  await play('roll-out', rollOut);
  return flows;
}

type Player = ReturnType<typeof playerOf>;

function playerOf(call: Call, key: string, exchanges: Exchange[]) {
  let token = '';
  let id = '';
  const make = async (bearer: 'KEY' | 'TOKEN', method: string, url: string, options: Options) => {
    const { headers = {}, body, shown = body } = options;
    const credential = bearer === 'KEY' ? key : token;
    const { status, body: answer } = await call(method, url, { bearer: credential, headers, body });
    exchanges.push({ method, url, bearer, headers, body: shown, status, answer });
    return answer;
  };
  return {
    asBackend: (method: string, url: string, options: Options = {}) =>
      make('KEY', method, url, options),
    asPage: (method: string, url: string, body?: unknown) => make('TOKEN', method, url, { body }),
    /** Codes differ each time, so the guide shows others. */
    enter(code: string, shown: string, more: object = {}) {
      const options = { body: { code, ...more }, shown: { code: shown, ...more } };
      return make('TOKEN', 'POST', '/v1/challenge/verify', options);
    },
    async start(body: object, options: Options = {}) {
      const asked = { organizationId: 'acme', userId: '42', app, ...body };
      const answer = await make('KEY', 'POST', '/v1/challenges', { ...options, body: asked });
      token = answer.challengeToken;
      id = answer.id;
      return answer;
    },
    /** What the person hears or reads: not part of the flow. */
    async code(): Promise<string> {
      const { body } = await call('GET', `/v1/test/challenges/${id}/code`, {
        bearer: key,
        headers: {},
      });
      return body.code;
    },
  };
}

async function firstLogin({ asBackend, asPage, enter, start, code }: Player): Promise<void> {
  await asBackend('PUT', acme, { body: { policy: 'mandatory' } });
  await start({});
  await asPage('POST', '/v1/challenge/factors', phone);
  await enter(await code(), '7302');
  const { result } = await asPage('POST', '/v1/challenge/skip');
  await asBackend('POST', '/v1/results/redeem', { body: { token: result.token } });
}

async function nextLogin({ enter, start, code }: Player): Promise<void> {
  await start({});
  const right = await code();
  await enter(right === '0000' ? '0001' : '0000', '1234');
  await enter(right, '7302');
}

async function pageLogin({ asBackend, enter, start, code }: Player): Promise<void> {
  const { id } = await start({ returnUrl });
  const { returnTo } = await enter(await code(), '7302');
  const proof = new URL(returnTo).searchParams.get('proof');
  const { result } = await asBackend('GET', `/v1/challenges/${id}?proof=${proof}`);
  await asBackend('POST', '/v1/results/redeem', { body: { token: result.token } });
}

async function edit({ asPage, enter, start, code }: Player): Promise<void> {
  await start({ purpose: 'edit' }, asUser);
  await enter(await code(), '7302');
  await asPage('POST', '/v1/challenge/recovery-codes');
  await asPage('POST', '/v1/challenge/done');
}

async function lostPhone({ asBackend, asPage, start }: Player): Promise<void> {
  const { pass } = await asBackend('POST', `${acme}/users/42/passes`, asHelpdesk);
  await start({ send: false });
  await asPage('POST', '/v1/challenge/verify', { pass });
}

async function knownDevice({ asBackend, enter, start, code }: Player): Promise<void> {
  await start({});
  const { result } = await enter(await code(), '7302', { rememberDevice: true });
  const redeem = { body: { token: result.token } };
  const { knownDevice } = await asBackend('POST', '/v1/results/redeem', redeem);
  await start({ knownDevice: knownDevice.token });
}

async function appLogin({ asPage, enter, start, code }: Player): Promise<void> {
  const device = { id: 'd-1', platform: 'android', pushToken: 'test:phone-of-43' };
  await start({ userId: '43', app: { name: 'qaller', version: '3.2.0' }, device });
  await asPage('POST', '/v1/challenge/factors', { method: 'push' });
  await enter(await code(), '7302');
}

async function rollOut({ asBackend }: Player): Promise<void> {
  const date = { policy: 'optional', mandatoryFrom: '2027-06-01T00:00:00Z' };
  await asBackend('PUT', `${acme}?dryRun=true`, { body: date });
  await asBackend('GET', `${acme}/users?state=no-backup`);
}
