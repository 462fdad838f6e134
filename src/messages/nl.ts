import type { SharedMessages } from './shared-messages.ts';

export const nl: SharedMessages = {
  secret: 'Deel deze code met niemand.',
  'problem.phone-number-invalid': 'Dit is geen telefoonnummer. Gebruik 7 tot 15 cijfers.',
  'problem.destination-not-allowed':
    'We kunnen dit nummer niet bellen. Gebruik een mobiel of vast nummer.',
  'problem.factor-exists': 'Deze heb je al. Kies een andere.',
  'problem.too-many-factors': 'Je hebt het maximale aantal methodes. Verwijder er eerst een.',
  'problem.no-device': 'Geen app kan een bericht ontvangen. Log eerst in op de Qaller-app.',
  'problem.code-expired': 'Die code is verlopen. Vraag een nieuwe.',
  'problem.code-not-sent': 'Er is nu geen code geldig. Vraag een nieuwe.',
  'problem.resend-too-early':
    'Het is te vroeg voor een nieuwe code. Probeer het over {time} opnieuw.',
  'problem.too-many-requests': 'Dat was te vaak. Probeer het over {time} opnieuw.',
  'problem.delivery-failed':
    'De code kwam niet aan. Probeer het opnieuw of gebruik een andere methode.',
  'problem.last-factor': 'Dit is je laatste methode. Voeg eerst een andere toe.',
  'problem.locked':
    'Er zijn te veel onjuiste codes ingevuld. Er kan {time} geen code worden gestuurd.',
  'problem.not-found': 'Dat is er niet meer.',
  'problem.no-factor': 'Voeg eerst een methode toe.',
};
