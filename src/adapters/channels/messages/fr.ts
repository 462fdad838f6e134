import type { Catalogue } from './catalogue.ts';

export const fr: Catalogue = {
  voice: 'fr-FR',
  texts: {
    callOpening: 'Bonjour, ici Callvoip. Votre code de vérification est :',
    callAgain: 'Le code va être répété. Votre code de vérification est :',
    callEnding: 'Ne communiquez ce code à personne. Au revoir !',
    pushTitle: 'Votre code de vérification Callvoip',
    pushBody: 'Votre code est {code}. Ne le communiquez à personne.',
    pushBodyWithoutCode: 'Ouvrez Qaller pour voir votre code.',
    noticeTitle: 'Vos paramètres 2FA ont changé',
    noticeAdded:
      '{hint} reçoit désormais les codes de vérification. Ce n’était pas vous ? Contactez votre administrateur.',
    noticeRemoved:
      '{hint} ne reçoit plus de codes de vérification. Ce n’était pas vous ? Contactez votre administrateur.',
  },
};
