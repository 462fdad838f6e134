/** A provider that fails is left alone, so that nobody waits for it in vain. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { breakerFor, leftAloneMs } from '../../src/adapters/channels/breaker.ts';
import { keptLog } from '../support/fakes/channels.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A breaker before a provider with given answers, and the number of requests. */
function aProvider() {
  const log = keptLog();
  const breaker = breakerFor('twilio', log);
  const provider = {
    log,
    asked: 0,
    ask: (answer: () => Promise<unknown>) =>
      breaker(() => {
        provider.asked += 1;
        return answer();
      }).then(
        () => 'answered' as const,
        (error: { code?: string }) => error.code ?? 'failed',
      ),
    async askOften(times: number, answer: () => Promise<unknown>) {
      for (let time = 0; time < times; time += 1) await provider.ask(answer);
    },
  };
  return provider;
}

const works = async () => {};
const fails = (error: object = new Error('Twilio cannot call +31612345678')) => {
  return () => Promise.reject(error);
};
const notAsked = 'EOPENBREAKER';

describe('a provider that fails', () => {
  test.each([
    ['without an answer', new Error('socket hang up')],
    ['with what is no answer', new TypeError('not a call')],
    ['with 500', { status: 500 }],
    ['with 503', { httpResponse: { status: 503 } }],
    ['with 429', { status: 429 }],
    ['with 408', { httpResponse: { status: 408 } }],
    ['with a redirect', { status: 307 }],
  ])('%s five times is not asked a sixth time', async (_, error) => {
    const provider = aProvider();
    await provider.askOften(5, fails(error));
    expect(await provider.ask(works)).toBe(notAsked);
    expect(provider.asked).toBe(5);
  });

  test('four times is still asked: so few say nothing', async () => {
    const provider = aProvider();
    await provider.askOften(4, fails());
    expect(await provider.ask(works)).toBe('answered');
  });

  test('less often than it works is still asked', async () => {
    const provider = aProvider();
    for (let time = 0; time < 20; time += 1) {
      await provider.askOften(2, works);
      await provider.ask(fails());
    }
    expect(await provider.ask(works)).toBe('answered');
  });

  test('is forgiven what is half a minute old', async () => {
    const provider = aProvider();
    await provider.askOften(4, fails());
    jest.advanceTimersByTime(31_000);
    await provider.askOften(4, fails());
    expect(await provider.ask(works)).toBe('answered');
  });
});

test.each([
  ['400', { status: 400 }],
  ['401', { status: 401 }],
  ['404', { httpResponse: { status: 404 } }],
])('a provider that refuses one number or device with %s works', async (_, error) => {
  const provider = aProvider();
  await provider.askOften(50, fails(error));
  expect(await provider.ask(works)).toBe('answered');
});

describe('after a while', () => {
  test('one request tries whether it is back, and no other goes out until that is known', async () => {
    const provider = aProvider();
    await provider.askOften(5, fails());
    jest.advanceTimersByTime(leftAloneMs - 1);
    expect(await provider.ask(works)).toBe(notAsked);
    jest.advanceTimersByTime(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const trial = provider.ask(() => promise);
    expect(await provider.ask(works)).toBe(notAsked);
    resolve();
    expect(await trial).toBe('answered');
    expect(await provider.ask(works)).toBe('answered');
    expect(provider.asked).toBe(7);
  });

  test('it is left alone for as long again when it is not back', async () => {
    const provider = aProvider();
    await provider.askOften(5, fails());
    jest.advanceTimersByTime(leftAloneMs);
    expect(await provider.ask(fails())).toBe('failed');
    jest.advanceTimersByTime(leftAloneMs - 1);
    expect(await provider.ask(works)).toBe(notAsked);
    jest.advanceTimersByTime(1);
    expect(await provider.ask(works)).toBe('answered');
  });

  test('a refusal shows that it is back', async () => {
    const provider = aProvider();
    await provider.askOften(5, fails());
    jest.advanceTimersByTime(leftAloneMs);
    await provider.ask(fails({ status: 400 }));
    expect(await provider.ask(works)).toBe('answered');
  });
});

test('the log has a line when it is given up and one when it is back, with the provider alone', async () => {
  const provider = aProvider();
  const { log } = provider;
  await provider.askOften(7, fails());
  for (let time = 0; time < 3; time += 1) {
    jest.advanceTimersByTime(leftAloneMs);
    await provider.askOften(2, fails());
  }
  expect(log.lines).toEqual([
    '{"provider":"twilio","message":"the provider fails: it is hardly asked until it is back"}',
  ]);
  jest.advanceTimersByTime(leftAloneMs);
  await provider.askOften(3, works);
  expect(log.lines.slice(1)).toEqual(['{"provider":"twilio","message":"the provider is back"}']);
});

test('an open one keeps no process from ending', async () => {
  const program = `
    const { breakerFor } = await import('./src/adapters/channels/breaker.ts');
    const ask = breakerFor('twilio', { error: () => console.log('open') });
    for (let i = 0; i < 5; i += 1) await ask(() => Promise.reject(new Error())).catch(() => {});`;
  jest.useRealTimers();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd: join(import.meta.dirname, '../..'), timeout: leftAloneMs - 1_000 },
  );
  expect(stdout).toBe('open\n');
});
