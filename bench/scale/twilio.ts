import { fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

type Message = { connection: object } | { to: string; code: string };

export type Twilio = Awaited<ReturnType<typeof startTwilio>>;

/** Starts the fake Twilio in its own process, and collects the codes that it is asked to speak. */
export async function startTwilio() {
  const child = fork(new URL('fake-twilio-process.ts', import.meta.url), { stdio: 'inherit' });
  const codes = new Map<string, string>();
  const started = Promise.withResolvers<object>();
  child.on('message', (message: Message) => {
    if ('connection' in message) started.resolve(message.connection);
    else codes.set(message.to, message.code);
  });
  child.once('exit', () => started.reject(new Error('the fake Twilio ended')));
  const connection = await started.promise;
  return {
    pid: child.pid ?? 0,
    connection,
    /** The last code spoken to a number. Returns each code once. */
    async codeFor(number: string): Promise<string> {
      for (let tries = 0; tries < 100; tries += 1) {
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
