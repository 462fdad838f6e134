import type { Catalogue } from './catalogue.ts';

export const nl: Catalogue = {
  voice: 'nl-NL',
  texts: {
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
  },
};
