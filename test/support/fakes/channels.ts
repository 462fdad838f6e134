import { randomUUID } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import { fcmPush } from '../../../src/adapters/channels/fcm-push.ts';
import { twilioCall } from '../../../src/adapters/channels/twilio-call.ts';
import type { TwilioSettings } from '../../../src/adapters/channels/twilio-client.ts';
import type { Sealing } from '../../../src/adapters/sealing.ts';
import type { CodeMessage, Log } from '../../../src/domain/ports.ts';
import { testSealing } from '../sealing.ts';
import { accountSid, authToken } from './twilio.ts';

export { accountSid };
export const number = '+31612345678';

/** A code on its way to two devices and a phone. */
export function aMessage(changes: Partial<CodeMessage> = {}): CodeMessage {
  return {
    ref: {
      challenge: { organizationId: 'acme', userId: '42', id: randomUUID() },
      codeId: randomUUID(),
      line: null,
      confirms: false,
    },
    code: '0123',
    expiresAt: new Date('2030-01-01T12:00:30Z'),
    language: 'nl-NL',
    voiceLanguage: 'nl-NL',
    address: number,
    devices: [
      { id: 'd-1', platform: 'android', pushToken: 'first-phone' },
      { id: 'd-2', platform: 'ios', pushToken: 'second-phone' },
    ],
    ...changes,
  };
}

/** A log whose lines can be looked at as they would be written. */
export function keptLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const keep = (context: object, message: string) =>
    void lines.push(JSON.stringify({ ...context, message }));
  return { lines, info: keep, warn: keep, error: keep };
}

type Fake = { connection: AgentOptions };

/** The real channel for calls, talking to a fake Twilio. */
export function callsThrough(
  fake: Fake,
  {
    log = keptLog(),
    limitMs = 5000,
    sealing = testSealing,
    ...settings
  }: Partial<TwilioSettings> & Seams = {},
) {
  const twilio = { accountSid, authToken, from: '+31508200000', ...settings };
  const connections = { twilio: fake.connection };
  return twilioCall.create({ twilio }, { log, limitMs, sealing, connections });
}

/** The real channel for push messages, talking to a fake Google. */
export function pushesThrough(
  fake: Fake & { credentialsFile: string },
  {
    log = keptLog(),
    limitMs = 5000,
    sealing = testSealing,
    pushShowCode = true,
  }: Seams & { pushShowCode?: boolean } = {},
) {
  const connections = { fcm: fake.connection };
  return fcmPush.create(
    { googleCredentialsFile: fake.credentialsFile, pushShowCode },
    { log, limitMs, sealing, connections },
  );
}

type Seams = { log?: Log; limitMs?: number; sealing?: Sealing };
