import { de as shared } from '../../../messages/de.ts';
import type { Texts } from './texts.ts';

const { secret } = shared;

export const de: Texts = {
  voice: 'de-DE',
  callQuestion: 'Hallo, hier ist Callvoip. Drücke die 1, um deinen Bestätigungscode zu hören.',
  callOpening: 'Hallo, hier ist Callvoip. Dein Bestätigungscode lautet:',
  callAgain: 'Der Code wird wiederholt. Dein Bestätigungscode lautet:',
  callEnding: `${secret} Auf Wiederhören!`,
  callDenyEnding: `${secret} Wenn du dich nicht gerade anmeldest, drücke die 9.`,
  callDenied: 'Danke. Die Anmeldung wurde gestoppt. Bitte ändere dein Passwort. Auf Wiederhören!',
  pushTitle: 'Dein Bestätigungscode von Callvoip',
  pushBody: (code) => `Dein Code lautet ${code}. ${secret}`,
  pushBodyWithoutCode: 'Öffne Qaller, um deinen Code zu sehen.',
  noticeTitle: 'Deine 2FA-Einstellungen wurden geändert',
  alarmTitle: 'Versucht jemand, sich anzumelden?',
  notices: {
    'factor-added': (hint) =>
      `${hint} erhält ab jetzt Bestätigungscodes. Warst du das nicht? Wende dich an deinen Administrator.`,
    'factor-removed': (hint) =>
      `${hint} erhält keine Bestätigungscodes mehr. Warst du das nicht? Wende dich an deinen Administrator.`,
    'factors-reset': () =>
      'Deine 2FA-Methoden wurden entfernt. Richte 2FA bei deiner nächsten Anmeldung neu ein. Warst du das nicht? Wende dich an deinen Administrator.',
    'device-added': (hint) =>
      `${hint} wurde hinzugefügt und erhält ab jetzt Bestätigungscodes. Warst du das nicht? Ändere dein Passwort und wende dich an deinen Administrator.`,
    'device-refreshed': (hint) =>
      `${hint} hat sich neu angemeldet und erhält Bestätigungscodes. Warst du das nicht? Wende dich an deinen Administrator.`,
    'device-waiting': (hint) =>
      `${hint} möchte sich neu anmelden. Melde dich mit dieser App an, um das zu bestätigen. Warst du das nicht? Wende dich an deinen Administrator.`,
    'guesses-alarming': () =>
      'Für dein Konto wurden falsche Bestätigungscodes eingegeben. Warst du das nicht? Ändere dein Passwort.',
    'user-careful': () =>
      'Es wurden zu viele falsche Bestätigungscodes eingegeben. Deine Codes haben ab jetzt 8 Ziffern. Warst du das nicht? Ändere dein Passwort.',
    'user-locked': () =>
      'Dein Konto ist nach zu vielen falschen Bestätigungscodes gesperrt. Warst du das nicht? Ändere dein Passwort und wende dich an deinen Administrator.',
    'known-device-added': (hint) =>
      `Ein neuer Browser oder eine neue App wird für ${hint} gemerkt. Warst du das nicht? Ändere dein Passwort und entferne das Gerät in deinen Einstellungen.`,
    'known-device-removed': (hint) =>
      `Ein gemerkter Browser oder eine gemerkte App für ${hint} wurde entfernt. Dort wird wieder nach einem Code gefragt. Warst du das nicht? Wende dich an deinen Administrator.`,
    'known-device-stolen': (hint) =>
      `Jemand anderes hat versucht, einen gemerkten Browser oder eine gemerkte App für ${hint} zu benutzen. Das Gerät wurde entfernt. Ändere dein Passwort und wende dich an deinen Administrator.`,
    'pass-created': () =>
      'Ein Administrator hat einen temporären Zugangscode für Sie erstellt. Haben Sie nicht darum gebeten? Ändern Sie Ihr Passwort und wenden Sie sich an Ihren Administrator.',
    'pass-used': () =>
      'Jemand hat sich mit einem temporären Zugangscode angemeldet. Waren Sie das nicht? Ändern Sie Ihr Passwort und wenden Sie sich an Ihren Administrator.',
    'recovery-codes-created': () =>
      'Neue Wiederherstellungscodes wurden erstellt. Die alten funktionieren nicht mehr. Waren Sie das nicht? Wenden Sie sich an Ihren Administrator.',
    'recovery-code-used': () =>
      'Jemand hat sich mit einem Wiederherstellungscode angemeldet. Waren Sie das nicht? Ändern Sie Ihr Passwort und wenden Sie sich an Ihren Administrator.',
    'challenge-denied': () =>
      'Jemand hat versucht, sich anzumelden, und an deinem Telefon wurde gesagt, dass du es nicht warst. Die Anmeldung wurde gestoppt. Ändere dein Passwort.',
  },
};
