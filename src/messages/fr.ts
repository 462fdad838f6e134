import type { SharedMessages } from './shared-messages.ts';

export const fr: SharedMessages = {
  secret: 'Ne communiquez ce code à personne.',
  'problem.phone-number-invalid':
    'Ce n’est pas un numéro de téléphone. Utilisez de 7 à 15 chiffres.',
  'problem.destination-not-allowed':
    'Nous ne pouvons pas appeler ce numéro. Utilisez un numéro mobile ou fixe.',
  'problem.factor-exists': 'Vous l’avez déjà. Choisissez-en une autre.',
  'problem.too-many-factors': 'Vous avez le nombre maximal de méthodes. Supprimez-en d’abord une.',
  'problem.no-device':
    'Aucune application ne peut recevoir de message. Connectez-vous d’abord à l’application Qaller.',
  'problem.code-expired': 'Ce code a expiré. Demandez-en un nouveau.',
  'problem.code-not-sent': 'Aucun code n’est valable pour le moment. Demandez-en un nouveau.',
  'problem.resend-too-early': 'Il est trop tôt pour un nouveau code. Réessayez dans {time}.',
  'problem.too-many-requests': 'C’était trop souvent. Réessayez dans {time}.',
  'problem.delivery-failed': 'Le code n’est pas arrivé. Réessayez ou utilisez une autre méthode.',
  'problem.last-factor': 'C’est votre dernière méthode. Ajoutez-en d’abord une autre.',
  'problem.locked':
    'Trop de codes incorrects ont été saisis. Aucun code ne peut être envoyé pendant {time}.',
  'problem.not-found': 'Cela n’existe plus.',
  'problem.no-factor': 'Ajoutez d’abord une méthode.',
};
