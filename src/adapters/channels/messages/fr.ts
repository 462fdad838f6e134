import { fr as shared } from '../../../messages/fr.ts';
import type { Texts } from './texts.ts';

const { secret } = shared;

export const fr: Texts = {
  voice: 'fr-FR',
  callQuestion: 'Bonjour, ici Callvoip. Appuyez sur le 1 pour entendre votre code de vérification.',
  callOpening: 'Bonjour, ici Callvoip. Votre code de vérification est :',
  callAgain: 'Le code va être répété. Votre code de vérification est :',
  callEnding: `${secret} Au revoir !`,
  callDenyEnding: `${secret} Si ce n’est pas vous qui vous connectez, appuyez sur le 9.`,
  callDenied: 'Merci. La connexion a été arrêtée. Changez votre mot de passe. Au revoir !',
  pushTitle: 'Votre code de vérification Callvoip',
  pushBody: (code) => `Votre code est ${code}. ${secret}`,
  pushBodyWithoutCode: 'Ouvrez Qaller pour voir votre code.',
  noticeTitle: 'Vos paramètres 2FA ont changé',
  alarmTitle: 'Quelqu’un essaie-t-il de se connecter ?',
  notices: {
    'factor-added': (hint) =>
      `${hint} reçoit désormais les codes de vérification. Ce n’était pas vous ? Contactez votre administrateur.`,
    'factor-removed': (hint) =>
      `${hint} ne reçoit plus de codes de vérification. Ce n’était pas vous ? Contactez votre administrateur.`,
    'factors-reset': () =>
      'Vos méthodes 2FA ont été supprimées. Configurez la 2FA à nouveau lors de votre prochaine connexion. Ce n’était pas vous ? Contactez votre administrateur.',
    'device-added': (hint) =>
      `${hint} a été ajouté et reçoit désormais les codes de vérification. Ce n’était pas vous ? Changez votre mot de passe et contactez votre administrateur.`,
    'device-refreshed': (hint) =>
      `${hint} s’est enregistré à nouveau et reçoit les codes de vérification. Ce n’était pas vous ? Contactez votre administrateur.`,
    'device-waiting': (hint) =>
      `${hint} souhaite s’enregistrer à nouveau. Connectez-vous avec cette application pour le confirmer. Ce n’était pas vous ? Contactez votre administrateur.`,
    'guesses-alarming': () =>
      'De mauvais codes de vérification ont été saisis pour votre compte. Ce n’était pas vous ? Changez votre mot de passe.',
    'user-careful': () =>
      'Trop de mauvais codes de vérification ont été saisis. Vos codes ont désormais 8 chiffres. Ce n’était pas vous ? Changez votre mot de passe.',
    'user-locked': () =>
      'Votre compte est bloqué après trop de mauvais codes de vérification. Ce n’était pas vous ? Changez votre mot de passe et contactez votre administrateur.',
    'known-device-added': (hint) =>
      `Un nouveau navigateur ou une nouvelle application est mémorisé pour ${hint}. Ce n’était pas vous ? Changez votre mot de passe et supprimez-le dans vos paramètres.`,
    'known-device-removed': (hint) =>
      `Un navigateur ou une application mémorisé pour ${hint} a été supprimé. Un code y sera de nouveau demandé. Ce n’était pas vous ? Contactez votre administrateur.`,
    'known-device-stolen': (hint) =>
      `Quelqu’un d’autre a essayé d’utiliser un navigateur ou une application mémorisé pour ${hint}. Cet appareil a été supprimé. Changez votre mot de passe et contactez votre administrateur.`,
    'pass-created': () =>
      "Un administrateur a créé un code d'accès temporaire pour vous. Vous ne l'avez pas demandé ? Changez votre mot de passe et contactez votre administrateur.",
    'pass-used': () =>
      "Quelqu'un s'est connecté avec un code d'accès temporaire. Ce n'était pas vous ? Changez votre mot de passe et contactez votre administrateur.",
    'recovery-codes-created': () =>
      "De nouveaux codes de récupération ont été créés. Les anciens ne fonctionnent plus. Ce n'était pas vous ? Contactez votre administrateur.",
    'recovery-code-used': () =>
      "Quelqu'un s'est connecté avec un code de récupération. Ce n'était pas vous ? Changez votre mot de passe et contactez votre administrateur.",
    'challenge-denied': () =>
      'Quelqu’un a essayé de se connecter, et votre téléphone a dit que ce n’était pas vous. La connexion a été arrêtée. Changez votre mot de passe.',
  },
};
