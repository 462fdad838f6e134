import { randomUUID } from 'node:crypto';
import { codeListener, type Replica, startReplica } from './replica.ts';

type Answer = { status: number; body: Record<string, unknown> };

type Call = { method: string; path: string; bearer: string; body?: object; actor?: string };

/** What the answer to a call says has happened: each as `type subject`. */
export type Says = (answer: Answer) => string[];

export type Load = Awaited<ReturnType<typeof startLoad>>;

/** Replicas that can be killed and started again while people sign in on them. */
export async function startLoad(env: Record<string, string>, apiKey: string, size: number) {
  const codes = codeListener();
  const start = () => startReplica(env, codes.hear);
  const replicas: (Replica | null)[] = await Promise.all(Array.from({ length: size }, start));
  const told: string[] = [];
  let lost = 0;
  let starting: Promise<void> = Promise.resolve();
  let due: { type: string; after: number; strike: (index: number) => void } | null = null;

  const hearAnswer = (index: number, events: string[]) => {
    told.push(...events);
    if (!due || !events.some((event) => event.startsWith(`${due?.type} `))) return;
    due.after -= 1;
    if (due.after <= 0) due.strike(index);
  };

  return {
    apiKey,
    codes,
    /** What the answers told that were received. */
    told,
    /** How many calls never got one. */
    lost: () => lost,
    /** One call to any replica that is up; null when its answer never came. */
    async call(request: Call, says: Says): Promise<Answer | null> {
      const index = anyOf(replicas);
      try {
        const answer = await send(replicas[index]?.url ?? '', request);
        hearAnswer(index, says(answer));
        return answer;
      } catch {
        lost += 1;
        return null;
      }
    },
    /** Kills a replica the moment it has told of something of this type, and starts it again. */
    async killAtAnswer(type: string, after: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<number>();
      const strike = (index: number) => {
        due = null;
        const victim = replicas[index];
        replicas[index] = null;
        // Not at the next tick: what the answer told must be on disk by now.
        void victim?.kill().then(() => resolve(index));
      };
      due = { type, after, strike };
      const index = await promise;
      // Meanwhile the next one may be killed, as long as one is left.
      await starting;
      starting = start().then((replica) => {
        replicas[index] = replica;
      });
    },
    /** The whole trail of an organization, as it is streamed. */
    async trail(organizationId: string): Promise<Record<string, string | null>[]> {
      const url = replicas[anyOf(replicas)]?.url;
      const response = await fetch(`${url}/v1/organizations/${organizationId}/events`, {
        headers: { authorization: `Bearer ${apiKey}`, accept: 'application/x-ndjson' },
      });
      const lines = (await response.text()).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line));
    },
    async stop(): Promise<void> {
      await starting;
      await Promise.all(replicas.map((replica) => replica?.kill()));
    },
  };
}

function anyOf(replicas: (Replica | null)[]): number {
  const up = replicas.flatMap((replica, index) => (replica ? [index] : []));
  return up[Math.floor(Math.random() * up.length)] ?? 0;
}

async function send(url: string, { method, path, bearer, body, actor }: Call): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      'idempotency-key': randomUUID(),
      ...(body && { 'content-type': 'application/json' }),
      ...(actor && { 'x-actor': actor }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : {} };
}
