import { readFileSync } from 'node:fs';
import type { Fault } from './history.ts';

const everyMs = 100;

/** So late is a timer on a machine on which time limits of a second are not to be kept. */
const lateMs = 200;

/** So much of the time we waited for a processor, and so did the service. */
const share = 0.6;

/** Or somebody on this machine did, for so long: a server of ours, if not we. */
const pressedMs = 500;
const pressedShare = 0.85;

/** Notes when the machine had no time for us, and so none for the service either. */
export function watchForStalls(): () => Fault[] {
  const stalls: Fault[] = [];
  let last = { at: Date.now(), waitedMs: waitedMs() };
  let lastPressure = { at: last.at, pressureMs: pressureMs() };
  const timer = setInterval(() => {
    const now = { at: Date.now(), waitedMs: waitedMs() };
    const passed = now.at - last.at;
    if (passed > everyMs + lateMs || now.waitedMs - last.waitedMs > passed * share)
      stalls.push(stall(last.at, now.at));
    last = now;
    const since = now.at - lastPressure.at;
    if (since < pressedMs) return;
    const pressure = { at: now.at, pressureMs: pressureMs() };
    if (pressure.pressureMs - lastPressure.pressureMs > since * pressedShare)
      stalls.push(stall(lastPressure.at, now.at));
    lastPressure = pressure;
  }, everyMs);
  return () => {
    clearInterval(timer);
    return together(stalls);
  };
}

function stall(from: number, to: number): Fault {
  return { kind: 'machine', name: 'machine busy', from, to, replica: null, forgets: false };
}

/** For how long this process was ready to run and did not, where the system tells. */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1_000_000;
  } catch {
    return 0;
  }
}

/** For how long any process here was ready to run and did not, where the system tells. */
function pressureMs(): number {
  try {
    const [, total] = /^some .* total=(\d+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8')) ?? [];
    return Number(total ?? 0) / 1_000;
  } catch {
    return 0;
  }
}

function together(stalls: Fault[]): Fault[] {
  return stalls.reduce<Fault[]>((all, one) => {
    const before = all.at(-1);
    if (before && one.from - before.to < 1_000) before.to = one.to;
    else all.push({ ...one });
    return all;
  }, []);
}
