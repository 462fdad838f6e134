import { randomUUID } from 'node:crypto';
import { createApiKey, parseApiKey } from '../../src/domain/secrets/api-key.ts';
import type { Operation } from '../support/description.ts';
import { startEdit } from '../support/edits.ts';
import { anEntry } from '../support/people.ts';
import { enrolled, type signIn, somebody, wrong } from '../support/screens.ts';
import { type Answer, type Service, startService } from '../support/start-service.ts';
import { testClient, testNumber } from '../support/test-mode.ts';
import type { Case, Credential } from './cases.ts';
import { type Names, requestOf } from './requests.ts';

/** Real stores, and people in them for requests to be about. */

/** A user who waits at the screen of a challenge with a live code, while others are meddled with. */
type Sentinel = { token: string; names: Names };

/** A user whom requests are about, and may destroy. */
type Victim = {
  names: Names;
  tokens: Record<'approved' | 'cancelled' | 'editing' | 'enrolling' | 'waiting' | 'result', string>;
};

export type World = Awaited<ReturnType<typeof openWorld>>;

// Codes live long here, so a slow machine refuses nobody.
const env = { CODE_TTL_SECONDS: '300', CHALLENGE_TTL_SECONDS: '3600' };
const victimLasts = 50;
// What is asked about somebody who is gone is worth some cases, too; and a new one costs as much as thirty.
const goneLasts = 8;

export async function openWorld() {
  const service = await startService({ env, logLevel: 'silent' });
  const revoked = await revokedKey(service);
  const panel = await aKey(service, 'company-panel', ['challenges', 'users', 'admin', 'recovery']);
  let sentinel = await aSentinel(service);
  let victim = await aVictim(service);
  let victimLeft = victimLasts;

  const look = async () =>
    (await service.call('GET', '/v1/challenge', { bearer: sentinel.token })).body;
  /** All that a request could cost: the sentinel's code and attempts, calls, codes pushed. */
  const costs = (challenge: object) => {
    const seen = { ...challenge, now: null };
    // A message that tells of an event follows the answer, and is no code.
    const pushed = service.google.requests.filter(({ body }) => body.message.data?.code);
    return JSON.stringify([seen, service.twilio.requests.length, pushed.length]);
  };
  const bearers = (): Record<Credential, string | null> => ({
    ...service.keys,
    panel,
    usersOnly: service.keys.users,
    ...victim.tokens,
    sentinel: sentinel.token,
    revoked,
    garbage: 'garbage',
    nobody: null,
  });
  const names = ({ door }: Operation, { credential }: Case): Names => ({
    ...victim.names,
    $problem: 'not-found',
    ...(door === 'challengeToken' && credential !== 'editing' && sentinel.names),
  });

  return {
    app: service.app,
    close: service.close,
    /** Sees to it that everybody is there whom a request may be about; what it has cost so far. */
    async refresh(): Promise<string> {
      victimLeft -= 1;
      if (victimLeft < 0) {
        victim = await aVictim(service);
        victimLeft = victimLasts;
      }
      const seen = await look();
      if (seen.status === 'verify' && seen.code?.attemptsRemaining > 1) return costs(seen);
      sentinel = await aSentinel(service);
      return costs(await look());
    },
    costs: async () => costs(await look()),
    request(operation: Operation, one: Case) {
      const bearer = bearers()[one.credential];
      const authorization = bearer === null ? null : `Bearer ${bearer}`;
      return requestOf(operation, one, { names: names(operation, one), authorization });
    },
    async send(request: ReturnType<typeof requestOf>): Promise<Answer> {
      const response = await service.app.inject(request);
      const { statusCode: status, headers, body } = response;
      // Something of the user was deleted, or the user.
      if (request.method === 'DELETE' && status === 204)
        victimLeft = Math.min(victimLeft, goneLasts);
      const json = /json/.test(String(headers['content-type'])) && body !== '';
      return { status, headers, body: json ? response.json() : body };
    },
  };
}

async function aKey({ directory }: Service, name: string, scopes: string[]): Promise<string> {
  return createApiKey(directory.clients, { name, scopes }, () => anEntry);
}

async function revokedKey(service: Service): Promise<string> {
  const key = await aKey(service, 'revoked', ['challenges', 'admin']);
  await service.directory.clients.revoke(parseApiKey(key)?.id ?? '', anEntry);
  return key;
}

async function aSentinel(service: Service): Promise<Sentinel> {
  await service.organization({ policy: 'mandatory' }, 'kept');
  const user = await enrolled(service, { organizationId: 'kept' });
  const { token, challenge } = await user.signIn();
  const code = String(user.heard());
  const names = { $factor: challenge.factors[0]?.id ?? '', $right: code, $wrong: wrong(code) };
  return { token, names };
}

async function aVictim(service: Service): Promise<Victim> {
  await service.organization({ policy: 'mandatory' });
  await service.organization({ policy: 'optional' }, 'loose');
  const user = somebody(service);
  const device = { id: 'd-1', platform: 'android', pushToken: `token-${user.userId}` };
  const screen = await user.signIn({ device });
  const { result, factors } = await twoPhones(service, screen, user.phone);
  const enrolling = await somebody(service, { organizationId: 'loose' }).signIn();
  const waiting = await user.signIn({ send: false });
  const cancelled = await user.signIn({ send: false });
  await cancelled.cancel();
  const heard = async (screen: Screen) => screen.enter(service.twilio.codeFor(user.phone));
  const again = (await heard(await user.signIn())).body.result.token;
  const body = { token: again, rememberDevice: true };
  await service.call('POST', '/v1/results/redeem', { bearer: service.keys.panel, body });
  const edit = await startEdit(user);
  await heard(edit);
  const [known] = (await edit.knownDevices()).body.items;
  return {
    names: {
      $known: known.id,
      $trial: await aTrial(service),
      $deny: await aDenial(service),
      $organization: 'acme',
      $user: user.userId,
      $colleague: 'c-1',
      $factor: factors[0].id,
      $device: device.id,
      $challenge: screen.challenge.id,
      $result: result.token,
      $number: unused(user.phone, 3),
    },
    tokens: {
      approved: screen.token,
      cancelled: cancelled.token,
      editing: edit.token,
      enrolling: enrolling.token,
      waiting: waiting.token,
      result: result.token,
    },
  };
}

/** What a button in a push sends: "it was not me". */
async function aDenial(service: Service): Promise<string> {
  const user = somebody(service);
  const device = { id: 'd-1', platform: 'ios', pushToken: `denier-${user.userId}` };
  const screen = await user.signIn({ device });
  await screen.addPush();
  await screen.enter(service.google.codeFor(device.pushToken));
  await screen.skip();
  await user.signIn({ device });
  const pushed = service.google.requests.findLast(
    ({ body }) => body.message.token === device.pushToken && body.message.data?.code,
  );
  return pushed?.body.message.data.denyToken ?? '';
}

/** A test challenge with a code in play. */
async function aTrial(service: Service): Promise<string> {
  const trial = testClient(service);
  const organizationId = `trial-${randomUUID()}`;
  const body = { policy: 'mandatory' };
  await trial.call('PUT', `/v1/organizations/${organizationId}`, { body });
  const { challenge, addPhone } = await trial.signIn({ organizationId, userId: 'u' });
  await addPhone(testNumber(0));
  return challenge.id;
}

type Screen = Awaited<ReturnType<typeof signIn>>;

/** Goes through the whole of an enrolment. */
async function twoPhones(service: Service, { addPhone, enter }: Screen, phone: string) {
  const both = [phone, unused(phone, 2)] as const;
  await addPhone(both[0]);
  await enter(service.twilio.codeFor(both[0]));
  await addPhone(both[1]);
  return (await enter(service.twilio.codeFor(both[1]))).body;
}

/** A number like this one that nobody else has. */
function unused(phone: string, digit: number): string {
  return phone.replace('+3161', `+316${digit}`);
}
