import type { CallTurns, Turn, TurnRequest } from '../../domain/ports.ts';
import { second } from '../../domain/time.ts';

const graceMs = second;
const longestRetryMs = 30 * second;
const keptMs = 60 * second;

type Waiting = { member: string; tag: number; order: number; until: number };

/** Turns in the memory of one process, for trying out. It does the same as take-turn.lua. */
export function memoryCallTurns({ now }: { now: () => number }): CallTurns {
  let waiting: Waiting[] = [];
  const granted = new Map<string, number>();
  const tags = new Map<string, number>();
  const rooms = new Map<string, number>();
  let [nextAt, lastTag, order, last] = [0, 0, 0, ''];

  function grant(member: string, tag: number, turnAt: number): void {
    granted.set(member, turnAt);
    lastTag = Math.max(lastTag, tag);
    last = member;
  }

  function grantDue(intervalMs: number, at: number): void {
    waiting = waiting.filter(({ until }) => until > at);
    for (const [member, since] of granted) if (since <= at - keptMs) granted.delete(member);
    nextAt = Math.max(nextAt, at - intervalMs);
    while (waiting[0] && nextAt <= at) {
      const { member, tag } = waiting[0];
      waiting = waiting.slice(1);
      grant(member, tag, at);
      nextAt += intervalMs;
    }
  }

  function stay(call: Waiting, waitMs: number, at: number): Turn {
    if (waitMs <= call.until - graceMs - at) return { state: 'waiting', againMs: waitMs };
    waiting = waiting.filter((one) => one !== call);
    return { state: 'refused', retryAfterMs: waitMs };
  }

  function startAnew(at: number): void {
    [lastTag, nextAt] = [0, at];
    tags.clear();
    rooms.clear();
  }

  const nextTag = (organizationId: string) => Math.max(lastTag, tags.get(organizationId) ?? 0) + 1;

  function grantAhead({ member, organizationId, perSecond }: TurnRequest, at: number): Turn {
    const inMs = Math.ceil(nextAt - at);
    const tag = nextTag(organizationId);
    grant(member, tag, at + inMs);
    tags.set(organizationId, tag);
    nextAt += second / perSecond;
    return { state: 'granted', inMs };
  }

  function refuse(organizationId: string, roomAt: number, intervalMs: number, at: number): Turn {
    const after = Math.max(roomAt, (rooms.get(organizationId) ?? 0) + intervalMs);
    const room = Math.min(after, at + longestRetryMs);
    rooms.set(organizationId, room);
    return { state: 'refused', retryAfterMs: Math.ceil(room - at) };
  }

  function join({ member, organizationId, perSecond, maxWaitMs }: TurnRequest, at: number): Turn {
    const intervalMs = second / perSecond;
    const tag = nextTag(organizationId);
    const ahead = waiting.filter((one) => one.tag <= tag).length;
    const waitMs = Math.ceil(nextAt - at + ahead * intervalMs);
    if (maxWaitMs === 0) return { state: 'refused', retryAfterMs: waitMs };
    if (waitMs > maxWaitMs) return refuse(organizationId, at + waitMs - maxWaitMs, intervalMs, at);
    tags.set(organizationId, tag);
    order += 1;
    waiting.push({ member, tag, order, until: at + maxWaitMs + graceMs });
    waiting.sort((a, b) => a.tag - b.tag || a.order - b.order);
    return { state: 'waiting', againMs: waitMs };
  }

  return {
    async ask(request) {
      const at = now();
      const { member, perSecond, soonMs } = request;
      const intervalMs = second / perSecond;
      grantDue(intervalMs, at);
      const mine = granted.get(member);
      if (mine !== undefined) return { state: 'granted', inMs: Math.max(0, mine - at) };
      const ahead = waiting.findIndex((one) => one.member === member);
      const call = waiting[ahead];
      if (call) return stay(call, Math.ceil(nextAt - at + ahead * intervalMs), at);
      if (waiting.length > 0) return join(request, at);
      if (nextAt <= at) startAnew(at);
      return Math.ceil(nextAt - at) <= soonMs ? grantAhead(request, at) : join(request, at);
    },
    async giveUp({ member, perSecond }) {
      waiting = waiting.filter((one) => one.member !== member);
      if (granted.delete(member) && last === member) {
        nextAt -= second / perSecond;
        last = '';
      }
    },
  };
}
