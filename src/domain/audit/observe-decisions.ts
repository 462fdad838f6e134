import type { Deps } from '../ports.ts';
import type { AuditEvent, EntryFor } from './audit.ts';

type Observed = Pick<
  Deps,
  'trail' | 'outcomes' | 'guessAccounts' | 'knownDevices' | 'metrics' | 'log'
>;

/**
 * The same ports, which also count each decision of a login and write one line of the log for it, once it is in
 * the audit trail. What is repeated after a fault may be counted twice.
 */
export function observeDecisions<Ports extends Observed>(ports: Ports): Ports {
  const { trail, outcomes, guessAccounts, knownDevices, metrics } = ports;
  const told = (events: readonly AuditEvent[]) => {
    for (const event of events) tell(ports, event);
  };
  return {
    ...ports,
    trail: {
      ...trail,
      async record(event, subject) {
        await trail.record(event, subject);
        told([event]);
      },
    },
    outcomes: {
      ...outcomes,
      async approve(approval) {
        const done = await outcomes.approve(approval);
        if (done.outcome !== 'approved') return done;
        metrics.challenge(approval.challenge.purpose, 'approved');
        told(approval.entries);
        return done;
      },
      async cancel(challenge, entry) {
        const cancelled = await outcomes.cancel(challenge, entry);
        if (!cancelled) return cancelled;
        metrics.challenge(challenge.purpose, 'cancelled');
        told([entry]);
        return cancelled;
      },
      async deny(challenge, others, entries) {
        await outcomes.deny(challenge, others, entries);
        metrics.challenge(challenge.purpose, 'cancelled');
        told([entries.denied]);
      },
      async redeem(result, offer) {
        const { made, entryFor } = collecting(offer.entryFor);
        const redemption = await outcomes.redeem(result, { ...offer, entryFor });
        told(made);
        return redemption;
      },
    },
    knownDevices: {
      ...knownDevices,
      async endStolen(user, hash, given) {
        const { made, entryFor } = collecting(given);
        const device = await knownDevices.endStolen(user, hash, entryFor);
        told(made);
        return device;
      },
      async end(user, ending, given) {
        const { made, entryFor } = collecting(given);
        const ended = await knownDevices.end(user, ending, entryFor);
        told(made);
        return ended;
      },
    },
    guessAccounts: {
      ...guessAccounts,
      async settle(user, wrong) {
        const account = await guessAccounts.settle(user, wrong);
        told([wrong.entry]);
        return account;
      },
      async alert(user, set) {
        await guessAccounts.alert(user, set);
        told(set.alerts);
      },
      async clear(user, entry) {
        await guessAccounts.clear(user, entry);
        told([entry]);
      },
    },
  };
}

/** Entries that the store makes. */
function collecting(given: EntryFor): { made: AuditEvent[]; entryFor: EntryFor } {
  const made: AuditEvent[] = [];
  const entryFor: EntryFor = (type, details) => {
    const entry = given(type, details);
    made.push(entry);
    return entry;
  };
  return { made, entryFor };
}

function tell({ metrics, log }: Pick<Deps, 'metrics' | 'log'>, event: AuditEvent): void {
  const { type, challengeId, client, details } = event;
  const { method, delivery, purpose } = details;
  metrics.recorded(type);
  if (type === 'challenge.started') metrics.challenge(String(purpose), 'started');
  if (type === 'code.sent' || type === 'code.failed')
    metrics.code(String(method), String(delivery));
  const about = { ...(challengeId && { challengeId }), ...(client && { client }) };
  log.info({ ...about, event: type, ...details }, 'decided');
}
