import { en as shared } from '../../../messages/en.ts';
import type { Texts } from './texts.ts';

const { secret } = shared;

export const en: Texts = {
  voice: 'en-GB',
  callQuestion: 'Hello, this is Callvoip. Press 1 to hear your verification code.',
  callOpening: 'Hello, this is Callvoip. Your verification code is:',
  callAgain: 'The code will be repeated. Your verification code is:',
  callEnding: `${secret} Goodbye!`,
  callDenyEnding: `${secret} If it is not you who is signing in, press 9.`,
  callDenied: 'Thank you. The login has been stopped. Please change your password. Goodbye!',
  pushTitle: 'Your Callvoip verification code',
  pushBody: (code) => `Your code is ${code}. ${secret}`,
  pushBodyWithoutCode: 'Open Qaller to see your code.',
  noticeTitle: 'Your 2FA settings have changed',
  alarmTitle: 'Is someone trying to sign in?',
  notices: {
    'factor-added': (hint) =>
      `${hint} receives verification codes from now on. Not you? Contact your administrator.`,
    'factor-removed': (hint) =>
      `${hint} no longer receives verification codes. Not you? Contact your administrator.`,
    'factors-reset': () =>
      'Your 2FA methods have been removed. Set up 2FA again at your next login. Not you? Contact your administrator.',
    'device-added': (hint) =>
      `${hint} has been added and receives verification codes from now on. Not you? Change your password and contact your administrator.`,
    'device-refreshed': (hint) =>
      `${hint} has registered again and receives verification codes. Not you? Contact your administrator.`,
    'device-waiting': (hint) =>
      `${hint} wants to register again. Sign in with that app to confirm it. Not you? Contact your administrator.`,
    'guesses-alarming': () =>
      'Wrong verification codes have been entered for your account. Not you? Change your password.',
    'user-careful': () =>
      'Too many wrong verification codes have been entered. Your codes have 8 digits from now on. Not you? Change your password.',
    'user-locked': () =>
      'Your account is locked after too many wrong verification codes. Not you? Change your password and contact your administrator.',
    'known-device-added': (hint) =>
      `A new browser or app is remembered for ${hint}. Not you? Change your password and remove it in your settings.`,
    'known-device-removed': (hint) =>
      `A remembered browser or app for ${hint} has been removed. You will be asked for a code there. Not you? Contact your administrator.`,
    'known-device-stolen': (hint) =>
      `Someone else tried to use a browser or app that was remembered for ${hint}. It has been removed. Change your password and contact your administrator.`,
    'pass-created': () =>
      'An administrator made a temporary pass for you. You did not ask for it? Change your password and contact your administrator.',
    'pass-used': () =>
      'Someone signed in with a temporary pass. Was it not you? Change your password and contact your administrator.',
    'recovery-codes-created': () =>
      'New recovery codes were made. The old ones no longer work. Was it not you? Contact your administrator.',
    'recovery-code-used': () =>
      'Someone signed in with a recovery code. Was it not you? Change your password and contact your administrator.',
    'challenge-denied': () =>
      'Someone tried to sign in, and your phone said that it was not you. The login has been stopped. Change your password.',
  },
};
