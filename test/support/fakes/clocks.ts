import { jest } from '@jest/globals';

const dates = ['Date'] as const;
const timeouts = ['setTimeout', 'clearTimeout'] as const;
const others = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;

/** Has timeouts wait for `jest.advanceTimersByTime`, while sockets and all else go on. */
export function onlyTimeouts(): void {
  jest.useFakeTimers({ doNotFake: [...dates, ...others] });
}

/** Has only the date obey `jest.setSystemTime`. */
export function onlyDates(): void {
  jest.useFakeTimers({ doNotFake: [...timeouts, ...others] });
}
