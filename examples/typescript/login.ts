/** A login with screens of your own, on the terminal. With a test key, it reads its codes itself. */
import { createInterface } from 'node:readline/promises';
import { type Challenge, Doublecheck, ProblemError } from 'doublecheck-client';

const { DOUBLECHECK_URL: url = '', DOUBLECHECK_API_KEY: apiKey = '' } = process.env;
const [organizationId = 'acme', userId = '42'] = process.argv.slice(2);
const doublecheck = new Doublecheck({ url, apiKey });
const terminal = createInterface(process.stdin, process.stdout);
const inTestMode = apiKey.startsWith('dct_');

const app = { name: 'company-panel' };
const started = await doublecheck.challenges.start({ organizationId, userId, app });
const screen = doublecheck.challenge(started.challengeToken);

async function nextStep({ status, enrolment, code }: Challenge): Promise<Challenge> {
  if (status === 'enrol' && enrolment?.step === 'backup') return screen.skip();
  if (status === 'enrol') {
    const phoneNumber = inTestMode ? '+999 000 000 00' : await terminal.question('Phone number: ');
    return screen.addFactor({ method: 'call', phoneNumber });
  }
  if (!code) return screen.sendCode();
  const digits = inTestMode
    ? (await doublecheck.test.readCode(started.id)).code
    : await terminal.question(`Code sent to ${code.hint}: `);
  return screen.verify({ code: digits });
}

let challenge: Challenge = started;
while (challenge.status === 'enrol' || challenge.status === 'verify') {
  try {
    challenge = await nextStep(challenge);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    process.stdout.write(`${error.message}\n`);
    challenge = (await screen.get()).challenge ?? challenge;
  }
}
terminal.close();

if (!challenge.result) throw new Error(`Not let in: ${challenge.status}`);
const expected = { organizationId, userId, challengeId: started.id };
const { sub, amr } = await doublecheck.results.redeem(challenge.result.token, expected);
process.stdout.write(`Let in: ${sub} by ${amr.join(' ')}\n`);
