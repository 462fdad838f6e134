import type { SharedMessages } from './shared-messages.ts';

export const es: SharedMessages = {
  secret: 'No compartas este código con nadie.',
  'problem.phone-number-invalid': 'Esto no es un número de teléfono. Usa de 7 a 15 cifras.',
  'problem.destination-not-allowed': 'No podemos llamar a este número. Usa un número móvil o fijo.',
  'problem.factor-exists': 'Este ya lo tienes. Elige otro.',
  'problem.too-many-factors': 'Tienes el máximo de métodos. Elimina uno primero.',
  'problem.no-device':
    'Ninguna aplicación puede recibir mensajes. Inicia sesión primero en la aplicación Qaller.',
  'problem.code-expired': 'Ese código ha caducado. Pide uno nuevo.',
  'problem.code-not-sent': 'Ahora no hay ningún código válido. Pide uno nuevo.',
  'problem.resend-too-early': 'Es pronto para un código nuevo. Inténtalo de nuevo en {time}.',
  'problem.too-many-requests': 'Demasiadas veces. Inténtalo de nuevo en {time}.',
  'problem.delivery-failed': 'El código no ha llegado. Inténtalo de nuevo o usa otro método.',
  'problem.last-factor': 'Este es tu último método. Añade otro primero.',
  'problem.locked':
    'Se han introducido demasiados códigos incorrectos. No se puede enviar ningún código durante {time}.',
  'problem.not-found': 'Eso ya no existe.',
  'problem.no-factor': 'Añade primero un método.',
};
