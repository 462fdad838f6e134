import type { Catalogue } from './catalogue.ts';

export const en: Catalogue = {
  voice: 'en-GB',
  texts: {
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
  },
};
