import type { Catalogue } from './catalogue.ts';

export const en: Catalogue = {
  voice: 'en-GB',
  texts: {
    callQuestion: 'Hello, this is Callvoip. Press 1 to hear your verification code.',
    callOpening: 'Hello, this is Callvoip. Your verification code is:',
    callAgain: 'The code will be repeated. Your verification code is:',
    callEnding: 'Please share this code with no one. Goodbye!',
    pushTitle: 'Your Callvoip verification code',
    pushBody: 'Your code is {code}. Share this code with no one.',
    pushBodyWithoutCode: 'Open Qaller to see your code.',
    noticeTitle: 'Your 2FA settings have changed',
    noticeAdded:
      '{hint} receives verification codes from now on. Not you? Contact your administrator.',
    noticeRemoved:
      '{hint} no longer receives verification codes. Not you? Contact your administrator.',
    noticeReset:
      'Your 2FA methods have been removed. Set up 2FA again at your next login. Not you? Contact your administrator.',
    noticeDeviceAdded:
      '{hint} has been added and receives verification codes from now on. Not you? Change your password and contact your administrator.',
    noticeDeviceRefreshed:
      '{hint} has registered again and receives verification codes. Not you? Contact your administrator.',
    noticeDeviceWaiting:
      '{hint} wants to register again. Sign in with that app to confirm it. Not you? Contact your administrator.',
    noticeAlarmTitle: 'Is someone trying to sign in?',
    noticeGuesses:
      'Wrong verification codes have been entered for your account. Not you? Change your password.',
    noticeCareful:
      'Too many wrong verification codes have been entered. Your codes have 8 digits from now on. Not you? Change your password.',
    noticeLocked:
      'Your account is locked after too many wrong verification codes. Not you? Change your password and contact your administrator.',
  },
};
