import type { Catalogue } from './catalogue.ts';

export const nl: Catalogue = {
  voice: 'nl-NL',
  texts: {
    callQuestion: 'Hallo, dit is Callvoip. Druk op de 1 om je verificatiecode te horen.',
    callOpening: 'Hallo, dit is Callvoip. Je verificatiecode is:',
    callAgain: 'De code wordt herhaald. Je verificatiecode is:',
    callEnding: 'Deel deze code met niemand. Tot ziens!',
    pushTitle: 'Je verificatiecode van Callvoip',
    pushBody: 'Je code is {code}. Deel deze code met niemand.',
    pushBodyWithoutCode: 'Open Qaller om je code te zien.',
    noticeTitle: 'Je 2FA-instellingen zijn gewijzigd',
    noticeAdded:
      '{hint} ontvangt vanaf nu verificatiecodes. Was jij dit niet? Neem contact op met je beheerder.',
    noticeRemoved:
      '{hint} ontvangt geen verificatiecodes meer. Was jij dit niet? Neem contact op met je beheerder.',
    noticeReset:
      'Je 2FA-methodes zijn verwijderd. Stel 2FA opnieuw in bij je volgende login. Was jij dit niet? Neem contact op met je beheerder.',
    noticeDeviceAdded:
      '{hint} is toegevoegd en ontvangt vanaf nu verificatiecodes. Was jij dit niet? Wijzig je wachtwoord en neem contact op met je beheerder.',
    noticeDeviceRefreshed:
      '{hint} heeft zich opnieuw aangemeld en ontvangt verificatiecodes. Was jij dit niet? Neem contact op met je beheerder.',
    noticeDeviceWaiting:
      '{hint} wil zich opnieuw aanmelden. Log in met die app om dit te bevestigen. Was jij dit niet? Neem contact op met je beheerder.',
    noticeAlarmTitle: 'Let op: probeert iemand in te loggen?',
    noticeGuesses:
      'Er zijn verkeerde verificatiecodes ingevoerd bij je account. Was jij dit niet? Wijzig dan je wachtwoord.',
    noticeCareful:
      'Er zijn te veel verkeerde verificatiecodes ingevoerd. Je codes hebben vanaf nu 8 cijfers. Was jij dit niet? Wijzig dan je wachtwoord.',
    noticeLocked:
      'Je account is geblokkeerd na te veel verkeerde verificatiecodes. Was jij dit niet? Wijzig je wachtwoord en neem contact op met je beheerder.',
  },
};
