import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';
import type { Answer, Request, Service } from './start-service.ts';

export const aPhone = '+31612345678';
export const anotherPhone = '+31687654321';

/** A user at a screen of a challenge: what they can press, and where they hear their codes. */
export function atScreen(service: Service, answer: Answer) {
  const token: string = answer.body.challengeToken;
  const post = (path: string, body?: object, request: Request = {}) =>
    service.call('POST', `/v1/challenge${path}`, { bearer: token, body, ...request });
  return {
    token,
    challenge: answer.body as ChallengeBody,
    look: (request: Request = {}) =>
      service.call('GET', '/v1/challenge', { bearer: token, ...request }),
    theme: () => service.call('GET', '/v1/challenge/theme', { bearer: token }),
    send: (body?: object, request?: Request) => post('/code', body, request),
    enter: (code: string | null, request?: Request) => post('/verify', { code }, request),
    prove: (body: object, request?: Request) => post('/verify', body, request),
    addPhone: (phoneNumber: string, request?: Request) =>
      post('/factors', { method: 'call', phoneNumber }, request),
    addPush: () => post('/factors', { method: 'push' }),
    skip: (request?: Request) => post('/skip', undefined, request),
    promote: (id: string) =>
      service.call('PATCH', `/v1/challenge/factors/${id}`, {
        bearer: token,
        body: { role: 'primary' },
      }),
    remove: (id: string) =>
      service.call('DELETE', `/v1/challenge/factors/${id}`, { bearer: token }),
    makeCodes: (request?: Request) => post('/recovery-codes', {}, request),
    knownDevices: () => service.call('GET', '/v1/challenge/known-devices', { bearer: token }),
    forgetKnown: (id?: string) =>
      service.call('DELETE', `/v1/challenge/known-devices${id ? `/${id}` : ''}`, {
        bearer: token,
      }),
    done: (request?: Request) => post('/done', {}, request),
    cancel: () => service.call('DELETE', '/v1/challenge', { bearer: token }),
  };
}

/** Starts a challenge and takes its screen. */
export async function signIn(service: Service, body: object = {}, request: Request = {}) {
  return atScreen(service, await service.start(body, request));
}

/** A user of `acme` with a phone as primary, who declined a backup. */
export async function enrolledUser(service: Service, userId = '42', phone = aPhone): Promise<void> {
  await enrolAt(service, await signIn(service, { userId }), phone);
}

async function enrolAt(service: Service, screen: ReturnType<typeof atScreen>, phone: string) {
  const added = await screen.addPhone(phone);
  const entered = await screen.enter(service.twilio.codeFor(phone));
  const { body } = await screen.skip();
  if (body.status === 'approved') return;
  throw new Error(JSON.stringify([added.body, entered.body, body]));
}

/** Twilio tells how the last call to a number goes on. */
export async function tellOfCall(service: Service, phone: string, status: string): Promise<void> {
  const { path, headers, payload } = service.twilio.callbackOf(phone, status);
  const answer = await service.app.inject({ method: 'POST', url: path, headers, payload });
  if (answer.statusCode !== 204) throw new Error(`the report is answered ${answer.statusCode}`);
}

let people = 0;

/** A new user with their own phone, so that tests on one service stay apart. */
export function somebody(service: Service, login: object = {}) {
  people += 1;
  const userId = `user-${people}`;
  const phone = `+3161${String(people).padStart(7, '0')}`;
  return {
    userId,
    phone,
    /** The code in the last call to them. */
    heard: () => service.twilio.codeFor(phone),
    signIn: (body: object = {}, request?: Request) =>
      signIn(service, { ...login, userId, ...body }, request),
  };
}

/** A user with a phone as primary, who declined a backup. */
export async function enrolled(service: Service, login: object = {}) {
  const user = somebody(service, login);
  await enrolAt(service, await user.signIn(), user.phone);
  return user;
}

/** A code of the same length that is not the given one. */
export function wrong(code: string | null): string {
  if (!code) throw new Error('no code was sent');
  return code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
}

/** What an answer matches that is this problem. */
export function problem(status: number, name: string, more: object = {}) {
  const body = { type: `/problems/${name}`, status, ...more };
  const type = 'application/problem+json; charset=utf-8';
  return { status, headers: { 'content-type': type }, body };
}
