import { nl as shared } from '../../../messages/nl.ts';
import type { Texts } from './texts.ts';

const { secret } = shared;

export const nl: Texts = {
  voice: 'nl-NL',
  callQuestion: 'Hallo, dit is Callvoip. Druk op de 1 om je verificatiecode te horen.',
  callOpening: 'Hallo, dit is Callvoip. Je verificatiecode is:',
  callAgain: 'De code wordt herhaald. Je verificatiecode is:',
  callEnding: `${secret} Tot ziens!`,
  callDenyEnding: `${secret} Probeer jij niet in te loggen? Druk dan op de 9.`,
  callDenied: 'Bedankt. De inlogpoging is gestopt. Wijzig je wachtwoord. Tot ziens!',
  pushTitle: 'Je verificatiecode van Callvoip',
  pushBody: (code) => `Je code is ${code}. ${secret}`,
  pushBodyWithoutCode: 'Open Qaller om je code te zien.',
  noticeTitle: 'Je 2FA-instellingen zijn gewijzigd',
  alarmTitle: 'Let op: probeert iemand in te loggen?',
  notices: {
    'factor-added': (hint) =>
      `${hint} ontvangt vanaf nu verificatiecodes. Was jij dit niet? Neem contact op met je beheerder.`,
    'factor-removed': (hint) =>
      `${hint} ontvangt geen verificatiecodes meer. Was jij dit niet? Neem contact op met je beheerder.`,
    'factors-reset': () =>
      'Je 2FA-methodes zijn verwijderd. Stel 2FA opnieuw in bij je volgende login. Was jij dit niet? Neem contact op met je beheerder.',
    'device-added': (hint) =>
      `${hint} is toegevoegd en ontvangt vanaf nu verificatiecodes. Was jij dit niet? Wijzig je wachtwoord en neem contact op met je beheerder.`,
    'device-refreshed': (hint) =>
      `${hint} heeft zich opnieuw aangemeld en ontvangt verificatiecodes. Was jij dit niet? Neem contact op met je beheerder.`,
    'device-waiting': (hint) =>
      `${hint} wil zich opnieuw aanmelden. Log in met die app om dit te bevestigen. Was jij dit niet? Neem contact op met je beheerder.`,
    'guesses-alarming': () =>
      'Er zijn verkeerde verificatiecodes ingevoerd bij je account. Was jij dit niet? Wijzig dan je wachtwoord.',
    'user-careful': () =>
      'Er zijn te veel verkeerde verificatiecodes ingevoerd. Je codes hebben vanaf nu 8 cijfers. Was jij dit niet? Wijzig dan je wachtwoord.',
    'user-locked': () =>
      'Je account is geblokkeerd na te veel verkeerde verificatiecodes. Was jij dit niet? Wijzig je wachtwoord en neem contact op met je beheerder.',
    'known-device-added': (hint) =>
      `Een nieuwe browser of app wordt onthouden voor ${hint}. Was jij dit niet? Wijzig je wachtwoord en verwijder dit apparaat in je instellingen.`,
    'known-device-removed': (hint) =>
      `Een onthouden browser of app voor ${hint} is verwijderd. Daar wordt weer om een code gevraagd. Was jij dit niet? Neem contact op met je beheerder.`,
    'known-device-stolen': (hint) =>
      `Iemand anders probeerde een onthouden browser of app voor ${hint} te gebruiken. Dit apparaat is verwijderd. Wijzig je wachtwoord en neem contact op met je beheerder.`,
    'pass-created': () =>
      'Een beheerder heeft een tijdelijke toegangscode voor je gemaakt. Heb je daar niet om gevraagd? Wijzig je wachtwoord en neem contact op met je beheerder.',
    'pass-used': () =>
      'Er is ingelogd met een tijdelijke toegangscode. Was jij dit niet? Wijzig je wachtwoord en neem contact op met je beheerder.',
    'recovery-codes-created': () =>
      'Er zijn nieuwe herstelcodes gemaakt. De oude werken niet meer. Was jij dit niet? Neem contact op met je beheerder.',
    'recovery-code-used': () =>
      'Er is ingelogd met een herstelcode. Was jij dit niet? Wijzig je wachtwoord en neem contact op met je beheerder.',
    'challenge-denied': () =>
      'Iemand probeerde in te loggen, en op je telefoon is aangegeven dat jij dat niet was. De inlogpoging is gestopt. Wijzig je wachtwoord.',
  },
};
