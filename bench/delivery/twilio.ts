import { fork } from 'node:child_process';
import { accountSid, authToken } from '../../test/support/fakes/twilio.ts';
import { type Codes, openCodes } from './codes.ts';

type Message = { connection: object } | { to: string; code: string };

/** A fake Twilio in its own process, for the real SDK. */
export type Twilio = {
  pid: number;
  codes: Codes;
  /** Settings of the service, with which its SDK talks TLS to the fake. */
  env: Record<string, string>;
  stop(): void;
};

export async function startTwilio(): Promise<Twilio> {
  const child = fork(new URL('fake-twilio-process.ts', import.meta.url), { stdio: 'inherit' });
  const codes = openCodes();
  const started = Promise.withResolvers<object>();
  child.on('message', (message: Message) => {
    if ('connection' in message) started.resolve(message.connection);
    else codes.arrived(message.to, message.code);
  });
  child.once('exit', () => started.reject(new Error('the fake Twilio ended')));
  const env = settingsFor(await started.promise);
  return { pid: child.pid ?? 0, codes, env, stop: () => child.disconnect() };
}

/** Without a fake, the service can start but not call. */
export const twilioSettings = {
  METHODS: 'call',
  CALL_DENY_PREFIXES: 'none',
  TWILIO_ACCOUNT_SID: accountSid,
  TWILIO_AUTH_TOKEN: authToken,
  TWILIO_FROM: '+31508200000',
};

function settingsFor(connection: object): Record<string, string> {
  const loopback = new URL('../../scripts/production/providers-on-loopback.ts', import.meta.url);
  return {
    ...twilioSettings,
    FAKE_PROVIDERS: JSON.stringify({ 'api.twilio.com': connection }),
    NODE_OPTIONS: `--import=${loopback.href}`,
  };
}
