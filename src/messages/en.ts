/** The English messages. The other languages have the same ones. */
export const en = {
  secret: 'Share this code with no one.',
  'problem.phone-number-invalid': 'This is not a phone number. Use 7 to 15 digits.',
  'problem.destination-not-allowed': 'We cannot call this number. Use a mobile or fixed number.',
  'problem.factor-exists': 'You already have this one. Choose another.',
  'problem.too-many-factors': 'You have as many methods as you can have. Remove one first.',
  'problem.no-device': 'No app can receive a message. Log in to the Qaller app first.',
  'problem.code-expired': 'That code has expired. Ask for a new one.',
  'problem.code-not-sent': 'No code is valid now. Ask for a new one.',
  'problem.resend-too-early': 'It is too early for a new code. Try again in {time}.',
  'problem.too-many-requests': 'That was too often. Try again in {time}.',
  'problem.delivery-failed': 'The code did not get through. Try again, or use another method.',
  'problem.last-factor': 'This is your last method. Add another one first.',
  'problem.locked': 'Too many wrong codes were entered. No code can be sent for {time}.',
  'problem.not-found': 'That is no longer there.',
  'problem.no-factor': 'Add a method first.',
};
