import { readFileSync } from 'node:fs';

/** USER_HZ, the unit of times under /proc: 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** CPU time of the whole machine, in seconds of one core. */
export type MachineTime = { busy: number; idle: number; stolen: number };

/** CPU time that a process has used, and that its ended children have used. */
export function cpuOf(pid: number): { own: number; ended: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in front may contain spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return {
    own: (user + system) / ticksPerSecond,
    ended: (endedUser + endedSystem) / ticksPerSecond,
  };
}

/** CPU time of a server that has a process for each connection. */
export function cpuOfFamily(pid: number): number {
  const { own, ended } = cpuOf(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  return pids.reduce((sum, child) => sum + ownOrZero(child), own + ended);
}

function ownOrZero(pid: number): number {
  try {
    return cpuOf(pid).own;
  } catch {
    // It ended between the two reads. From now on its parent counts it.
    return 0;
  }
}

export function machineTime(): MachineTime {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft = 0, stolen = 0] =
    line
      .split(/ +/)
      .slice(1)
      .map((ticks) => Number(ticks) / ticksPerSecond);
  return { busy: user + nice + system + irq + soft, idle: idle + waiting, stolen };
}
