import { fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

type Told = { connection: object } | { to: string; code: string };

export type Twilio = Awaited<ReturnType<typeof startTwilio>>;

/** The fake provider, and what it is asked to say. */
export async function startTwilio() {
  const child = fork(new URL('provider.ts', import.meta.url), { stdio: 'inherit' });
  const codes = new Map<string, string>();
  const started = Promise.withResolvers<object>();
  child.on('message', (told: Told) => {
    if ('connection' in told) started.resolve(told.connection);
    else codes.set(told.to, told.code);
  });
  child.once('exit', () => started.reject(new Error('the fake Twilio ended')));
  const connection = await started.promise;
  return {
    pid: child.pid ?? 0,
    connection,
    /** What the phone at a number was told last, once. */
    async codeFor(number: string): Promise<string> {
      for (let looks = 0; looks < 100; looks += 1) {
        const code = codes.get(number);
        codes.delete(number);
        if (code) return code;
        await delay(5);
      }
      throw new Error('no call came');
    },
    stop: () => void child.disconnect(),
  };
}
