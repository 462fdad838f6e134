import type { Catalogue } from './catalogue.ts';

export const de: Catalogue = {
  voice: 'de-DE',
  texts: {
    callQuestion: 'Hallo, hier ist Callvoip. Drücke die 1, um deinen Bestätigungscode zu hören.',
    callOpening: 'Hallo, hier ist Callvoip. Dein Bestätigungscode lautet:',
    callAgain: 'Der Code wird wiederholt. Dein Bestätigungscode lautet:',
    callEnding: 'Gib diesen Code an niemanden weiter. Auf Wiederhören!',
    pushTitle: 'Dein Bestätigungscode von Callvoip',
    pushBody: 'Dein Code lautet {code}. Gib diesen Code an niemanden weiter.',
    pushBodyWithoutCode: 'Öffne Qaller, um deinen Code zu sehen.',
    noticeTitle: 'Deine 2FA-Einstellungen wurden geändert',
    noticeAdded:
      '{hint} erhält ab jetzt Bestätigungscodes. Warst du das nicht? Wende dich an deinen Administrator.',
    noticeRemoved:
      '{hint} erhält keine Bestätigungscodes mehr. Warst du das nicht? Wende dich an deinen Administrator.',
    noticeReset:
      'Deine 2FA-Methoden wurden entfernt. Richte 2FA bei deiner nächsten Anmeldung neu ein. Warst du das nicht? Wende dich an deinen Administrator.',
    noticeDeviceAdded:
      '{hint} wurde hinzugefügt und erhält ab jetzt Bestätigungscodes. Warst du das nicht? Ändere dein Passwort und wende dich an deinen Administrator.',
    noticeDeviceRefreshed:
      '{hint} hat sich neu angemeldet und erhält Bestätigungscodes. Warst du das nicht? Wende dich an deinen Administrator.',
    noticeDeviceWaiting:
      '{hint} möchte sich neu anmelden. Melde dich mit dieser App an, um das zu bestätigen. Warst du das nicht? Wende dich an deinen Administrator.',
    noticeAlarmTitle: 'Versucht jemand, sich anzumelden?',
    noticeGuesses:
      'Für dein Konto wurden falsche Bestätigungscodes eingegeben. Warst du das nicht? Ändere dein Passwort.',
    noticeCareful:
      'Es wurden zu viele falsche Bestätigungscodes eingegeben. Deine Codes haben ab jetzt 8 Ziffern. Warst du das nicht? Ändere dein Passwort.',
    noticeLocked:
      'Dein Konto ist nach zu vielen falschen Bestätigungscodes gesperrt. Warst du das nicht? Ändere dein Passwort und wende dich an deinen Administrator.',
  },
};
