import { readFileSync } from 'node:fs';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

const description = `The second step of a login. After name and password, a backend starts a
challenge. The holder of its token enters the code. The backend redeems the result, once.

**Errors.** Every error is a problem (RFC 9457) of one of the types at [/problems](/problems). A
problem that answers a valid challenge token also carries \`challenge\`, as it now stands. Any address
may answer \`invalid-request\` (it cannot be read), \`method-not-allowed\`, \`payload-too-large\` (over
16 KiB) or \`unsupported-media-type\` (JSON alone). Unknown fields are refused.

**Changes.** Fields may be added to answers, and values to the lists of what an answer may say: treat
an unknown one as the general case. Nothing else changes without a new major version.

**Headers.** Every answer has \`X-Request-Id\` and \`Cache-Control: no-store\`, and the headers that
keep a browser from doing anything with it. Every POST of a login takes an \`Idempotency-Key\`.`;

export const info = {
  title: 'Doublecheck',
  version,
  description,
  contact: { name: 'The Doublecheck authors' },
  license: { name: 'MIT', identifier: 'MIT' },
};

/** In the order of a login. */
export const tags = [
  { name: 'Challenges', description: 'A backend begins the second step.' },
  { name: 'Challenge', description: 'The page or app goes through it, with the challenge token.' },
  { name: 'Results', description: 'The backend redeems the result and lets the user in.' },
  {
    name: 'Users',
    description: 'The factors and devices of a user, and what an administrator can do.',
  },
  { name: 'Organizations', description: 'Policies and the audit trail, for an administrator.' },
  { name: 'Test mode', description: 'A backend tries its integration out, with a test key.' },
  { name: 'Webhooks', description: 'What the service tells a backend: alerts about accounts.' },
  { name: 'Operation', description: 'For those who run the service.' },
];
