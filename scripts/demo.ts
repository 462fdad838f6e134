/** Shows two logins as a user sees them, over HTTP like any panel: `npm run demo`. */
import { randomInt } from 'node:crypto';
import { type Backend, DemoError, openBackend } from './demo/api-client.ts';
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

async function playDemo(terminal: Terminal, backend: Backend): Promise<void> {
  const userId = `visitor-${randomInt(1_000_000)}`;
  const user = { organizationId, userId, app: { name: 'company-panel' } };
  await backend.saveOrganization(organizationId, { policy: 'mandatory' });
  for (const introduction of [firstLogin, secondLogin]) {
    terminal.show(introduction);
    const token = await playLogin(terminal, await backend.start(user));
    showResult(terminal, await backend.redeem(token));
  }
  terminal.show(
    '\nThis is the end of the demo. The page /docs of the service shows the same calls.',
  );
}

function showResult(terminal: Terminal, { sub, amr }: { sub: string; amr: string[] }): void {
  terminal.show(`
✔ You are in. The panel redeemed the signed result, which says:
  user ${sub}, proved by ${amr.join(' + ')}`);
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
