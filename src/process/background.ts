import { setTimeout as delay } from 'node:timers/promises';
import { deliverWebhooks } from '../domain/audit/deliver-webhooks.ts';
import type {
  AuditTrail,
  ChallengeOutcomes,
  Database,
  GuessAccounts,
  KnownDevices,
  Log,
  Outbox,
  RecoverySecrets,
  WebhookSender,
} from '../domain/ports.ts';
import { Problem } from '../domain/problems.ts';
import { day, hour, second } from '../domain/time.ts';
import { watchDatabase } from './watch-database.ts';

/** A challenge lives for minutes. After a day nothing can bring it back. */
const outcomeDays = 1;

/** Longer than a delivery. Another replica repeats what takes longer. */
const endingMs = 8 * second;

type Parts = {
  trail: AuditTrail;
  outcomes: ChallengeOutcomes;
  guessAccounts: GuessAccounts;
  recoverySecrets: RecoverySecrets;
  knownDevices: KnownDevices;
  database: Database;
  outbox: Outbox;
  sender: WebhookSender;
  retentionDays: number;
  /** Aborts when no new work may start. */
  stopping: AbortSignal;
  log: Log;
};

/**
 * Removes old rows and delivers webhooks. Every replica does it, without knowing of the others.
 *
 * Resolves after `stopping`, when all work is finished.
 */
export async function runBackground(parts: Parts): Promise<void> {
  const { trail, outcomes, guessAccounts, recoverySecrets, knownDevices } = parts;
  const { outbox, sender, retentionDays, stopping, log } = parts;
  const prune = () => trail.prune(daysAgo(retentionDays));
  const forget = () => outcomes.prune(daysAgo(outcomeDays));
  const forgetSecrets = () => recoverySecrets.prune(daysAgo(outcomeDays));
  const forgetDevices = () => knownDevices.prune(daysAgo(outcomeDays));
  const deliver = () => deliverWebhooks({ outbox, sender, log });
  const watch = watchDatabase(parts.database, log);
  await Promise.all([
    repeat(watch, { name: 'watching the database', everyMs: 2 * second, stopping, log }),
    repeat(prune, { name: 'pruning the audit trail', everyMs: hour, stopping, log }),
    repeat(forget, { name: 'pruning ended challenges', everyMs: hour, stopping, log }),
    repeat(forgetSecrets, { name: 'pruning used recovery secrets', everyMs: hour, stopping, log }),
    repeat(forgetDevices, { name: 'pruning known devices', everyMs: hour, stopping, log }),
    repeat(guessAccounts.prune, { name: 'pruning guesses', everyMs: hour, stopping, log }),
    repeat(deliver, { name: 'delivering webhooks', everyMs: second, stopping, log }),
  ]);
}

const daysAgo = (days: number) => new Date(Date.now() - days * day);

type Repetition = { name: string; everyMs: number; stopping: AbortSignal; log: Log };

/** Repeats a task, never twice at once. Logs the first of several failures. */
async function repeat(task: () => Promise<unknown>, repetition: Repetition): Promise<void> {
  const { name, everyMs, stopping, log } = repetition;
  let failing = false;
  const attempt = async (): Promise<void> => {
    try {
      await task();
      failing = false;
    } catch (err) {
      // A store that is away has its own log line.
      const silent = failing || stopping.aborted || Problem.is(err, 'unavailable');
      if (!silent) log.warn({ err }, `${name} failed, and is tried again`);
      failing = true;
    }
  };
  const again = async (): Promise<void> => {
    while (!stopping.aborted) {
      await attempt();
      await delay(everyMs, undefined, { signal: stopping }).catch(() => {});
    }
  };
  await Promise.race([again(), endOf(stopping)]);
}

/** Resolves after `stopping`, when current work has had its time. */
function endOf(stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    stopping.addEventListener('abort', () => setTimeout(resolve, endingMs), { once: true });
  });
}
