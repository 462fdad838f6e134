import { readFileSync } from 'node:fs';
import type { Fault } from './history.ts';

const everyMs = 100;

/** So late is a timer on a machine on which time limits of a second are not to be kept. */
const lateMs = 200;

/** So much of the time we waited for a processor, and so did the service. */
const share = 0.6;

/** Or somebody on this machine did, or waited for its disk, for so long: a server of ours, if not we. */
const pressedMs = 500;
const pressedShares = { cpu: 0.85, io: 0.5 };

/** Notes when the machine had no time for us, and so none for the service either. */
export function watchForStalls(): () => Fault[] {
  const stalls: Fault[] = [];
  let last = { at: Date.now(), waitedMs: waitedMs() };
  let lastPressure = { at: last.at, ...pressuresMs() };
  const timer = setInterval(() => {
    const now = { at: Date.now(), waitedMs: waitedMs() };
    const passed = now.at - last.at;
    if (passed > everyMs + lateMs || now.waitedMs - last.waitedMs > passed * share)
      stalls.push(stall(last.at, now.at));
    last = now;
    const since = now.at - lastPressure.at;
    if (since < pressedMs) return;
    const pressure = { at: now.at, ...pressuresMs() };
    const pressed = (of: 'cpu' | 'io') =>
      pressure[of] - lastPressure[of] > since * pressedShares[of];
    if (pressed('cpu') || pressed('io')) stalls.push(stall(lastPressure.at, now.at));
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

/** For how long any process here was ready to run and did not, or waited for a disk. */
const pressuresMs = () => ({ cpu: pressureMs('cpu'), io: pressureMs('io') });

/** Zero where the system does not tell. */
function pressureMs(of: 'cpu' | 'io'): number {
  try {
    const text = readFileSync(`/proc/pressure/${of}`, 'utf8');
    const [, total] = /^some .* total=(\d+)/.exec(text) ?? [];
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
