import type { BaseMessage } from 'firebase-admin/messaging';
import type { CodeMessage, Notice, NoticeKind } from '../../domain/ports.ts';
import { textsFor } from './messages/index.ts';

/** Without it FCM keeps a message for four weeks, and a code that late only confuses. */
const timeToLiveMs = 30_000;

/** One and the same for all codes, so that a later one replaces an earlier one on the screen. */
const replaces = 'verification-code';

/** The message for each device of the user; `showCode` says whether the visible text has the code. */
export function pushMessage(message: CodeMessage, showCode: boolean): BaseMessage {
  const { ref, code, expiresAt, language } = message;
  const { text } = textsFor(language);
  const body = showCode ? text('pushBody', { code }) : text('pushBodyWithoutCode');
  return {
    notification: { title: text('pushTitle'), body },
    data: { code, challengeId: ref.challenge.id, expiresAt: expiresAt.toISOString() },
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

const noticeTexts = {
  'factor-added': 'noticeAdded',
  'factor-removed': 'noticeRemoved',
  'factors-reset': 'noticeReset',
  'device-added': 'noticeDeviceAdded',
  'device-refreshed': 'noticeDeviceRefreshed',
  'device-waiting': 'noticeDeviceWaiting',
  'guesses-alarming': 'noticeGuesses',
  'user-careful': 'noticeCareful',
  'user-locked': 'noticeLocked',
} as const satisfies Record<NoticeKind, string>;

/** Notices of what somebody else may be doing; the others are of changed settings. */
const alarms: readonly NoticeKind[] = ['guesses-alarming', 'user-careful', 'user-locked'];

/** News of a change, for each device that was there before it. */
export function noticeMessage({ about, hint, language }: Notice): BaseMessage {
  const { text } = textsFor(language);
  const title = text(alarms.includes(about) ? 'noticeAlarmTitle' : 'noticeTitle');
  return {
    notification: { title, body: text(noticeTexts[about], { hint }) },
    data: { about },
    android: { priority: 'high' },
    apns: { headers: { 'apns-priority': '10' } },
  };
}
