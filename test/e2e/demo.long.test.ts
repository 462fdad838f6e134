/** `npm run demo` through a pipe, from its first screen to its last. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { freePort } from '../support/server-process.ts';
import { emptyFolder, type Program, run, slowWorkMs } from './program.ts';

jest.setTimeout(2 * slowWorkMs);

let home: ReturnType<typeof emptyFolder>;
let demo: Program;
let url: string;

beforeEach(async () => {
  home = emptyFolder();
  url = `http://127.0.0.1:${await freePort()}`;
  const env = { DOUBLECHECK_URL: url, CODE_TTL_SECONDS: '5' };
  demo = run('scripts/demo.ts', [], { cwd: home.folder, env });
});

afterEach(async () => {
  await demo.stop();
  home.remove();
});

async function code(): Promise<string> {
  const [, digits = ''] = await demo.until(/your code is (\d{4})/);
  await demo.until(/> $/);
  return digits;
}

async function setUpPhone(question: RegExp, number: string): Promise<void> {
  await demo.until(question);
  demo.type(number);
  demo.type(await code());
}

test('a visitor sets up two phones, gets in by another method and a new code, then without one, then with a pass', async () => {
  await setUpPhone(/Enter your phone number/, '06 12345678');
  await setUpPhone(/Enter a second phone number as backup/, '06 87654321');
  await demo.until(/You are in\..*\n.*pwd \+ mfa \+ otp \+ tel/);

  await code();
  expect(demo.output).toContain('double check your identity');
  expect(demo.output).toContain('by number: 316*****78');
  expect(demo.output).toMatch(
    /\[Resend code in \d+\] \[m: Use another method\] \[q: Log out\] > $/,
  );
  demo.type('m');
  const right = await code();
  expect(demo.output).toContain('by number: 316*****21');
  demo.type(right === '0000' ? '0001' : '0000');
  await demo.until(/not correct.*left: 4/);
  await demo.until(/A new code can be sent now/);
  demo.type('r');
  demo.type(await code());
  await demo.until(/proved by pwd, in a browser that is known/);
  const [, pass = ''] = await demo.until(/good once: (\S+)/);
  await code();
  demo.type(pass);
  await demo.until(/You are in\..*\n.*pwd \+ mfa \+ otp\n/);
  expect(await demo.exit).toBe(0);
  expect(demo.errors).toBe('');
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('a user who logs out is out, and the service that the demo started stops', async () => {
  await demo.until(/Enter your phone number[^>]*> /);
  demo.type('q');
  await demo.until(/You are logged out/);
  expect(await demo.exit).toBe(0);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
