import type { SharedMessages } from './shared-messages.ts';

export const de: SharedMessages = {
  secret: 'Gib diesen Code an niemanden weiter.',
  'problem.phone-number-invalid': 'Das ist keine Telefonnummer. Verwende 7 bis 15 Ziffern.',
  'problem.destination-not-allowed':
    'Wir können diese Nummer nicht anrufen. Verwende eine Mobil- oder Festnetznummer.',
  'problem.factor-exists': 'Diese hast du schon. Wähle eine andere.',
  'problem.too-many-factors': 'Du hast die Höchstzahl an Methoden. Entferne zuerst eine.',
  'problem.no-device':
    'Keine App kann eine Nachricht empfangen. Melde dich zuerst in der Qaller-App an.',
  'problem.code-expired': 'Dieser Code ist abgelaufen. Fordere einen neuen an.',
  'problem.code-not-sent': 'Zurzeit ist kein Code gültig. Fordere einen neuen an.',
  'problem.resend-too-early':
    'Es ist zu früh für einen neuen Code. Versuche es in {time} noch einmal.',
  'problem.too-many-requests': 'Das war zu oft. Versuche es in {time} noch einmal.',
  'problem.delivery-failed':
    'Der Code kam nicht an. Versuche es noch einmal oder verwende eine andere Methode.',
  'problem.last-factor': 'Das ist deine letzte Methode. Füge zuerst eine andere hinzu.',
  'problem.locked':
    'Es wurden zu viele falsche Codes eingegeben. Für {time} kann kein Code gesendet werden.',
  'problem.not-found': 'Das ist nicht mehr da.',
  'problem.no-factor': 'Füge zuerst eine Methode hinzu.',
};
