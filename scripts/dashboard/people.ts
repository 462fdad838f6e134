import { setTimeout as delay } from 'node:timers/promises';
import { enrolled, wrong } from '../../test/support/screens.ts';
import type { Service } from '../../test/support/start-service.ts';

/** People sign in, more of them in the middle. Some mistype, some are impatient. For a while Twilio fails. */
export async function signInFor(service: Service, seconds: number): Promise<void> {
  const start = Date.now();
  const part = () => (Date.now() - start) / 1_000 / seconds;
  const users = await Promise.all(Array.from({ length: 12 }, () => enrolled(service)));
  await Promise.all(
    users.map(async (user, index) => {
      while (part() < 1) {
        const busy = part() > 0.25 && part() < 0.75;
        if (!busy && index % 3 > 0) {
          await delay(200);
          continue;
        }
        service.twilio.answerWith(part() > 0.5 && part() < 0.6 ? 500 : 'success');
        await signInOnce(user, Math.random());
        await delay(200 + 400 * Math.random());
      }
    }),
  );
}

async function signInOnce(user: Awaited<ReturnType<typeof enrolled>>, luck: number): Promise<void> {
  const screen = await user.signIn();
  if (!screen.challenge.code) return;
  if (luck > 0.9) await screen.send();
  if (luck < 0.15) await screen.enter(wrong(user.heard()));
  if (luck < 0.97) await screen.enter(user.heard());
}
