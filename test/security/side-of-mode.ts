import type { Mode } from '../../src/domain/mode.ts';
import { nameIn } from '../../src/domain/mode.ts';
import { createApiKey, scopes } from '../../src/domain/secrets/api-key.ts';
import { anEntry } from '../support/people.ts';
import { signIn } from '../support/screens.ts';
import type { Answer, atScreen, Request, Service } from '../support/service.ts';
import { testClient, testNumber } from '../support/test-mode.ts';

export const userId = '42';

/** Someone in `acme` with a phone: equal ids in each mode. */
export type Side = {
  key: string;
  phone: string;
  factorId: string;
  /** A challenge with a code in play. */
  open: Screen;
  code: string;
  approved: Answer['body'];
  /** A challenge in which factors may be changed. */
  edit: Screen;
  /** A browser that is remembered: the token in its cookie, and its id. */
  known: { token: string; id: string };
  pass: string;
  recoveryCode: string;
  /** Of a push to an app of theirs. */
  denyToken: string;
};

type Screen = ReturnType<typeof atScreen>;

export function keyOf({ directory }: Service, mode: Mode): Promise<string> {
  const client = { name: nameIn(mode, 'company-panel'), scopes: [...scopes] };
  return createApiKey(directory.clients, client, () => anEntry);
}

export async function sideOf(service: Service, mode: Mode, key: string): Promise<Side> {
  const phone = mode === 'test' ? testNumber(7) : '+31612345678';
  const call = (method: string, path: string, request: Request = {}) =>
    service.call(method, `/v1/${path}`, { bearer: key, ...request });
  const { ofChallenge } = testClient(service);
  const heard = async (id: string) => {
    if (mode === 'live') return service.twilio.codeFor(phone) ?? '';
    return (await ofChallenge(id).code()).body.code;
  };
  const start = (body: object = {}, headers: Record<string, string> = {}) =>
    signIn(service, { userId, ...body }, { bearer: key, headers });
  const prove = async (screen: Screen) =>
    (await screen.enter(await heard(screen.challenge.id))).body;
  await call('PUT', 'organizations/acme', { body: { policy: 'mandatory' } });
  const screen = await start();
  await screen.addPhone(phone);
  await prove(screen);
  const { body: approved } = await screen.skip();
  const { result } = await prove(await start());
  const remember = { body: { token: result.token, rememberDevice: true } };
  const { token = '' } = (await call('POST', 'results/redeem', remember)).body.knownDevice;
  const secret = async (name: string, actor: string) => {
    const headers = { 'x-actor': actor, 'x-challenge-id': approved.id };
    return (await call('POST', `organizations/acme/users/${userId}/${name}`, { headers })).body;
  };
  const { pass } = await secret('passes', 'helpdesk');
  const { codes } = await secret('recovery-codes', userId);
  const edit = await start({ purpose: 'edit' }, { 'x-actor': userId });
  await prove(edit);
  const known = { token, id: (await edit.knownDevices()).body.items[0].id };
  const denyToken = await denyTokenOf(service, mode, key);
  const open = await start();
  const { factors, id } = open.challenge;
  const factorId = factors[0]?.id ?? '';
  const code = await heard(id);
  // Its call ends, so that nothing changes by itself.
  if (mode === 'test') await ofChallenge(id).advance(15);
  const secrets = { pass, recoveryCode: codes[0], denyToken };
  return { key, phone, factorId, open, code, approved, edit, known, ...secrets };
}

/** Of a push to somebody else's app, so that who denies it ends no more than that. */
async function denyTokenOf(service: Service, mode: Mode, key: string): Promise<string> {
  const pushToken = mode === 'test' ? 'test:a' : 'a-real-one';
  const device = { id: 'd-1', platform: 'android', pushToken };
  const login = { userId: '43', app: { name: 'qaller', version: '9' }, device };
  const screen = await signIn(service, login, { bearer: key });
  await screen.addPush();
  const { id } = screen.challenge;
  if (mode === 'live') return service.google.requests.at(-1)?.body.message.data.denyToken ?? '';
  return (await testClient(service).ofChallenge(id).code()).body.denyToken;
}
