/** Shows logins as a user sees them, over HTTP like any panel: `npm run demo`. */
import { randomInt } from 'node:crypto';
import { type Backend, DemoError, openBackend, type Redeemed } from './demo/api-client.ts';
import { LoggedOut, playLogin } from './demo/play-login.ts';
import { connectToService } from './demo/service.ts';
import { openTerminal, type Terminal } from './demo/terminal.ts';

const organizationId = 'demo';

const firstLogin = `
━━ The first login ━━

Your organization has made two-factor authentication mandatory. You entered your user name and
password, and they were right. The panel sends you on to this page:`;

const secondLogin = `
━━ The second login, a day later ━━

User name and password were right again. The phone rings while the page loads. Enter the code. Or first
try the other buttons: "m" sends a code by another method at once; "r" sends a new one, when the 30
seconds of the last one are over.`;

const knownBrowser = `
━━ The third login, in the same browser ━━

The second time you ticked "remember this browser", and your organization lets such browsers in. User name
and password were right, so there is nothing more to do:`;

const lostPhone = (pass: string) => `
━━ The phone is lost ━━

Another browser, and no phone to hear the code. Somebody at the help desk knows you, and makes a pass that is
good once: ${pass}
Enter it in place of the code.`;

type User = { organizationId: string; userId: string; app: { name: string } };

async function playDemo(terminal: Terminal, backend: Backend): Promise<void> {
  const userId = `visitor-${randomInt(1_000_000)}`;
  const user = { organizationId, userId, app: { name: 'company-panel' } };
  const knownDevices = { skipCode: true };
  await backend.saveOrganization(organizationId, { policy: 'mandatory', knownDevices });
  await signIn(terminal, backend, user, firstLogin);
  const second = await signIn(terminal, backend, user, secondLogin, { rememberDevice: true });
  const knownDevice = second.knownDevice?.token ?? '';
  await signIn(terminal, backend, { ...user, knownDevice }, knownBrowser);
  const { pass } = await backend.createPass(user, 'help-desk');
  await signIn(terminal, backend, user, lostPhone(pass));
  terminal.show(
    '\nThis is the end of the demo. The page /docs of the service shows the same calls.',
  );
}

async function signIn(
  terminal: Terminal,
  backend: Backend,
  user: User & { knownDevice?: string },
  introduction: string,
  options: { rememberDevice?: boolean } = {},
): Promise<Redeemed> {
  terminal.show(introduction);
  const token = await playLogin(terminal, await backend.start(user));
  const redeemed = await backend.redeem(token, options);
  const { sub, amr, known_device: known } = redeemed;
  const proof = known ? `${amr.join(' + ')}, in a browser that is known` : amr.join(' + ');
  terminal.show(`
✔ You are in. The panel redeemed the signed result, which says:
  user ${sub}, proved by ${proof}`);
  return redeemed;
}

async function main(): Promise<void> {
  const terminal = openTerminal();
  try {
    await using service = await connectToService(terminal);
    await Promise.race([playDemo(terminal, openBackend(service)), service.lost]);
  } catch (error) {
    if (!(error instanceof LoggedOut || error instanceof DemoError)) throw error;
    terminal.show(`\n${error.message}`);
    if (error instanceof DemoError) process.exitCode = 1;
  } finally {
    terminal.close();
  }
}

await main();
