import { es as shared } from '../../../messages/es.ts';
import type { Texts } from './texts.ts';

const { secret } = shared;

export const es: Texts = {
  voice: 'es-ES',
  callQuestion: 'Hola, es Callvoip. Pulsa el 1 para escuchar tu código de verificación.',
  callOpening: 'Hola, es Callvoip. Tu código de verificación es:',
  callAgain: 'El código se repetirá. Tu código de verificación es:',
  callEnding: `${secret} ¡Adiós!`,
  callDenyEnding: `${secret} Si no eres tú quien inicia sesión, pulsa el 9.`,
  callDenied: 'Gracias. El inicio de sesión se ha detenido. Cambia tu contraseña. ¡Adiós!',
  pushTitle: 'Tu código de verificación de Callvoip',
  pushBody: (code) => `Tu código es ${code}. ${secret}`,
  pushBodyWithoutCode: 'Abre Qaller para ver tu código.',
  noticeTitle: 'Tus ajustes de 2FA han cambiado',
  alarmTitle: '¿Alguien intenta iniciar sesión?',
  notices: {
    'factor-added': (hint) =>
      `${hint} recibe códigos de verificación a partir de ahora. ¿No has sido tú? Contacta con tu administrador.`,
    'factor-removed': (hint) =>
      `${hint} ya no recibe códigos de verificación. ¿No has sido tú? Contacta con tu administrador.`,
    'factors-reset': () =>
      'Se han eliminado tus métodos de 2FA. Configura la 2FA de nuevo en tu próximo inicio de sesión. ¿No has sido tú? Contacta con tu administrador.',
    'device-added': (hint) =>
      `Se ha añadido ${hint}, que recibe códigos de verificación a partir de ahora. ¿No has sido tú? Cambia tu contraseña y contacta con tu administrador.`,
    'device-refreshed': (hint) =>
      `${hint} se ha registrado de nuevo y recibe códigos de verificación. ¿No has sido tú? Contacta con tu administrador.`,
    'device-waiting': (hint) =>
      `${hint} quiere registrarse de nuevo. Inicia sesión con esa aplicación para confirmarlo. ¿No has sido tú? Contacta con tu administrador.`,
    'guesses-alarming': () =>
      'Se han introducido códigos de verificación incorrectos en tu cuenta. ¿No has sido tú? Cambia tu contraseña.',
    'user-careful': () =>
      'Se han introducido demasiados códigos de verificación incorrectos. A partir de ahora tus códigos tienen 8 cifras. ¿No has sido tú? Cambia tu contraseña.',
    'user-locked': () =>
      'Tu cuenta está bloqueada tras demasiados códigos de verificación incorrectos. ¿No has sido tú? Cambia tu contraseña y contacta con tu administrador.',
    'known-device-added': (hint) =>
      `Se recuerda un nuevo navegador o aplicación para ${hint}. ¿No has sido tú? Cambia tu contraseña y elimínalo en tus ajustes.`,
    'known-device-removed': (hint) =>
      `Se ha eliminado un navegador o aplicación recordado para ${hint}. Allí se volverá a pedir un código. ¿No has sido tú? Contacta con tu administrador.`,
    'known-device-stolen': (hint) =>
      `Otra persona ha intentado usar un navegador o aplicación recordado para ${hint}. Se ha eliminado. Cambia tu contraseña y contacta con tu administrador.`,
    'pass-created': () =>
      'Un administrador te ha creado un pase temporal. ¿No lo has pedido? Cambia tu contraseña y contacta con tu administrador.',
    'pass-used': () =>
      'Alguien ha iniciado sesión con un pase temporal. ¿No has sido tú? Cambia tu contraseña y contacta con tu administrador.',
    'recovery-codes-created': () =>
      'Se han creado códigos de recuperación nuevos. Los anteriores ya no sirven. ¿No has sido tú? Contacta con tu administrador.',
    'recovery-code-used': () =>
      'Alguien ha iniciado sesión con un código de recuperación. ¿No has sido tú? Cambia tu contraseña y contacta con tu administrador.',
    'challenge-denied': () =>
      'Alguien ha intentado iniciar sesión, y desde tu teléfono se ha dicho que no eras tú. El inicio de sesión se ha detenido. Cambia tu contraseña.',
  },
};
