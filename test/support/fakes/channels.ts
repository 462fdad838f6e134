import { randomUUID } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import { fcmPush } from '../../../src/adapters/channels/fcm-push.ts';
import type { TwilioSettings } from '../../../src/adapters/channels/twilio-call.ts';
import { twilioCall } from '../../../src/adapters/channels/twilio-call.ts';
import type { CodeMessage, Log } from '../../../src/domain/ports.ts';

export const accountSid = `AC${'a1'.repeat(16)}`;
export const number = '+31612345678';

/** A code on its way to two devices and a phone. */
export function aMessage(changes: Partial<CodeMessage> = {}): CodeMessage {
  return {
    challengeId: randomUUID(),
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
  { log = keptLog(), limitMs = 5000, ...settings }: Partial<TwilioSettings> & Seams = {},
) {
  const twilio = { accountSid, authToken: 'secret', from: '+31508200000', ...settings };
  return twilioCall.create({ twilio }, { log, limitMs, connections: { twilio: fake.connection } });
}

/** The real channel for push messages, talking to a fake Google. */
export function pushesThrough(
  fake: Fake & { credentialsFile: string },
  { log = keptLog(), limitMs = 5000, pushShowCode = true }: Seams & { pushShowCode?: boolean } = {},
) {
  return fcmPush.create(
    { googleCredentialsFile: fake.credentialsFile, pushShowCode },
    { log, limitMs, connections: { fcm: fake.connection } },
  );
}

type Seams = { log?: Log; limitMs?: number };
