import type { Catalogue } from './catalogue.ts';

export const de: Catalogue = {
  voice: 'de-DE',
  texts: {
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
  },
};
