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
  },
};
