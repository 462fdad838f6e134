import { type Sealing, sealing } from '../../src/adapters/sealing.ts';
import { settings } from '../../src/config/settings.ts';
import { calledFor } from '../support/fakes/called-for.ts';
import { startFakeGoogle } from '../support/fakes/google.ts';
import type { Failure } from '../support/fakes/tls.ts';
import { accountSid, authToken, digitsSaid, startFakeTwilio } from '../support/fakes/twilio.ts';
import { type Network, startNetwork } from '../support/network.ts';
import { aWhile, type Breakage } from './faults.ts';
import type { Message } from './history.ts';

export type Providers = Awaited<ReturnType<typeof startProviders>>;

const loader = new URL('../../scripts/production/providers-on-loopback.ts', import.meta.url);

/** Twilio and Google for the real SDKs in replicas of their own, and what they were asked to send. */
export async function startProviders(secrets: string) {
  const [twilio, google] = await Promise.all([startFakeTwilio(), startFakeGoogle()]);
  const lines = {
    twilio: await startNetwork(Number(twilio.connection.port)),
    google: await startNetwork(Number(google.connection.port)),
  };
  const ring = settings.SECRETS.parse(secrets);
  if (!ring) throw new Error('no secrets');
  const sealed = sealing(ring);
  const atGoogle = { ...google.connection, port: lines.google.port };
  const hosts = {
    'api.twilio.com': { ...twilio.connection, port: lines.twilio.port },
    'fcm.googleapis.com': atGoogle,
    'oauth2.googleapis.com': atGoogle,
    'www.googleapis.com': atGoogle,
  };
  const messages: Message[] = [];
  const counted = { twilio: 0, google: 0 };
  const heard = () => {
    messages.push(...twilio.requests.slice(counted.twilio).map((one) => calledBy(one, sealed)));
    messages.push(...google.requests.slice(counted.google).flatMap(pushedBy));
    counted.twilio = twilio.requests.length;
    counted.google = google.requests.length;
    return messages;
  };
  const faults = (name: string, fake: Fake, line: Network) => providerFaults(name, fake, line);
  return {
    env: {
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_FROM: '+31508200000',
      PUBLIC_URL: 'https://2fa.example',
      GOOGLE_APPLICATION_CREDENTIALS: google.credentialsFile,
      FAKE_PROVIDERS: JSON.stringify(hosts),
      NODE_OPTIONS: `--import=${loader.href}`,
    },
    /** All that they were asked to bring, in the order in which it came. */
    messages: () => heard().toSorted((a, b) => a.at - b.at),
    codesOf: (challengeId: string) => heard().filter((one) => one.challengeId === challengeId),
    /** What Twilio would tell of the last call to a number, and of which code. */
    reportOf(number: string, state: string) {
      const call = twilio.requests.findLast(({ body }) => body['To'] === number);
      if (!call) return null;
      const { path, headers, payload } = twilio.callbackFor(call.body, state, call.sid);
      return { path, headers, payload, ...calledFor(call, sealed) };
    },
    breakages: [
      ...faults('Twilio', twilio, lines.twilio),
      ...faults('Google', google, lines.google),
    ],
    async close(): Promise<void> {
      await Promise.all([lines.twilio.close(), lines.google.close()]);
      await Promise.all([twilio.close(), google.close()]);
    },
  };
}

type Fake = { answerWith(next: 'success' | Failure): void };

function providerFaults(name: string, fake: Fake, line: Network): Breakage[] {
  const fault = (what: string, begin: Breakage['begin']): Breakage => {
    return { kind: 'provider', name: `${name}: ${what}`, weight: 0.4, lasts: aWhile, begin };
  };
  const failing = (what: string, failure: Failure) =>
    fault(what, () => {
      fake.answerWith(failure);
      return () => fake.answerWith('success');
    });
  return [
    failing('500', 500),
    failing('429', 429),
    failing('hangs', 'hang'),
    failing('takes it and is gone', 'drop'),
    fault('slow', () => {
      line.become({ slowMs: 300 });
      return () => line.become('well');
    }),
  ];
}

type Placed = Awaited<ReturnType<typeof startFakeTwilio>>['requests'][number];
type Sent = Awaited<ReturnType<typeof startFakeGoogle>>['requests'][number];

function calledBy(call: Placed, sealed: Sealing): Message {
  const { at, body } = call;
  const digits = digitsSaid(body['Twiml'] ?? '').first;
  return { at, via: 'call', to: body['To'] ?? '', digits, ...calledFor(call, sealed) };
}

/** A push token here is `user/device`; what is no code is news for the owner. */
function pushedBy({ at, body: { message } }: Sent): Message[] {
  const { code, challengeId, expiresAt, denyToken } = message.data;
  if (!code) return [];
  const userId = message.token.split('/')[0] ?? null;
  const codeId = `${challengeId} ${expiresAt}`;
  const about = { userId, challengeId, codeId, digits: code, denyToken };
  return [{ at, via: 'push', to: message.token, ...about }];
}
