/** Two logins as a person lives them, over HTTP like any panel: `npm run demo`. */
import { randomInt } from 'node:crypto';
import { LoggedOut, login } from './demo/login.ts';
import { CannotGoOn, openPanel, type Panel } from './demo/panel.ts';
import { reachService } from './demo/service.ts';
import { openTerminal, type Terminal } from './demo/terminal.ts';

const organizationId = 'demo';

const firstLogin = `
━━ The first login ━━

Your organization has made two-factor authentication mandatory. You entered your user name and
password, and they were right. The panel sends you on to this page:`;

const secondLogin = `
━━ The second login, a day later ━━

User name and password were right again; the phone rings while the page loads. Enter the code, or
first try what else there is: "m" has it sent by another method, at once; "r" sends a new one, as
soon as the 30 seconds of the last one are over.`;

async function play(terminal: Terminal, panel: Panel): Promise<void> {
  const userId = `visitor-${randomInt(1_000_000)}`;
  const user = { organizationId, userId, app: { name: 'company-panel' } };
  await panel.saveOrganization(organizationId, { policy: 'mandatory' });
  for (const introduction of [firstLogin, secondLogin]) {
    terminal.show(introduction);
    const token = await login(terminal, await panel.start(user));
    welcomeIn(terminal, await panel.redeem(token));
  }
  terminal.show('\nThat was all of it. The same calls, one by one: the page /docs of the service.');
}

function welcomeIn(terminal: Terminal, { sub, amr }: { sub: string; amr: string[] }): void {
  terminal.show(`
✔ You are in. The panel redeemed the signed result, which says:
  user ${sub}, proved by ${amr.join(' + ')}`);
}

async function main(): Promise<void> {
  const terminal = openTerminal();
  try {
    await using service = await reachService(terminal);
    await Promise.race([play(terminal, openPanel(service)), service.lost]);
  } catch (error) {
    if (!(error instanceof LoggedOut || error instanceof CannotGoOn)) throw error;
    terminal.show(`\n${error.message}`);
    if (error instanceof CannotGoOn) process.exitCode = 1;
  } finally {
    terminal.close();
  }
}

await main();
