import type { BaseMessage } from 'firebase-admin/messaging';
import type { CodeMessage, Notice, NoticeKind } from '../../domain/ports.ts';
import { textsFor } from './messages/index.ts';

/** FCM's default is four weeks. Such a late code only confuses. */
const timeToLiveMs = 30_000;

/** The same for all codes: a later code replaces an earlier one on the screen. */
const replaces = 'verification-code';

/** The message for each device of the user. `showCode`: the visible text contains the code. `denyToken`: for a button. */
export function pushMessage(
  message: CodeMessage,
  { showCode, denyToken }: { showCode: boolean; denyToken: string },
): BaseMessage {
  const { ref, code, expiresAt, language } = message;
  const { pushTitle, pushBody, pushBodyWithoutCode } = textsFor(language);
  const body = showCode ? pushBody(code) : pushBodyWithoutCode;
  return {
    notification: { title: pushTitle, body },
    data: {
      code,
      challengeId: ref.challenge.id,
      expiresAt: expiresAt.toISOString(),
      denyToken,
    },
    android: {
      priority: 'high',
      ttl: timeToLiveMs,
      collapseKey: replaces,
      notification: { tag: replaces, defaultSound: true },
    },
    apns: {
      headers: {
        'apns-priority': '10',
        'apns-expiration': String(Math.floor(expiresAt.getTime() / 1000)),
        'apns-collapse-id': replaces,
      },
      payload: { aps: { sound: 'default' } },
    },
  };
}

/** Notices about somebody else's actions. The others are about changed settings. */
const alarms: readonly NoticeKind[] = [
  'guesses-alarming',
  'user-careful',
  'user-locked',
  'known-device-stolen',
  'pass-created',
  'pass-used',
  'recovery-code-used',
  'challenge-denied',
];

/** The message about a change, for each device from before the change. */
export function noticeMessage({ about, hint, language }: Notice): BaseMessage {
  const { alarmTitle, noticeTitle, notices } = textsFor(language);
  const title = alarms.includes(about) ? alarmTitle : noticeTitle;
  return {
    notification: { title, body: notices[about](hint) },
    data: { about },
    android: { priority: 'high' },
    apns: { headers: { 'apns-priority': '10' } },
  };
}
