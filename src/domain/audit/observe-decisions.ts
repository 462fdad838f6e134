import type { Deps } from '../ports.ts';
import type { AuditEvent } from './audit.ts';

type Observed = Pick<
  Deps,
  | 'trail'
  | 'outcomes'
  | 'guessAccounts'
  | 'knownDevices'
  | 'recoverySecrets'
  | 'factors'
  | 'devices'
  | 'metrics'
  | 'log'
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
    ...observeChanges(ports, told),
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

type Tell = (events: readonly AuditEvent[]) => void;

/** What changes how a user can prove who they are. */
function observeChanges(
  { recoverySecrets, factors, devices }: Observed,
  told: Tell,
): Pick<Observed, 'recoverySecrets' | 'factors' | 'devices'> {
  return {
    recoverySecrets: {
      ...recoverySecrets,
      async createPass(user, pass, entry) {
        const expiresAt = await recoverySecrets.createPass(user, pass, entry);
        if (expiresAt) told([entry]);
        return expiresAt;
      },
      async replaceCodes(user, hashes, entry) {
        const outcome = await recoverySecrets.replaceCodes(user, hashes, entry);
        if (outcome === 'replaced') told([entry]);
        return outcome;
      },
      async use(user, secret, entry) {
        const used = await recoverySecrets.use(user, secret, entry);
        if (used) told([entry]);
        return used;
      },
    },
    factors: {
      ...factors,
      async confirm(user, confirmation, entry) {
        const outcome = await factors.confirm(user, confirmation, entry);
        if (outcome === 'confirmed') told([entry]);
        return outcome;
      },
      async promote(user, factorId, entry) {
        const outcome = await factors.promote(user, factorId, entry);
        if (outcome === 'promoted') told([entry]);
        return outcome;
      },
      async remove(user, factorId, keepLast, given) {
        const { made, entryFor } = collecting(given);
        const outcome = await factors.remove(user, factorId, keepLast, entryFor);
        if (outcome === 'removed') told(made);
        return outcome;
      },
      async reset(user, given) {
        const { made, entryFor } = collecting(given);
        await factors.reset(user, entryFor);
        told(made);
      },
    },
    devices: {
      ...devices,
      async refresh(user, device, previous, given) {
        const { made, entryFor } = collecting(given);
        const change = await devices.refresh(user, device, previous, entryFor);
        told(made);
        return change;
      },
      async forget(user, deviceId, forgetting, given) {
        const { made, entryFor } = collecting(given);
        const outcome = await devices.forget(user, deviceId, forgetting, entryFor);
        if (outcome === 'forgotten') told(made);
        return outcome;
      },
    },
  };
}

/** Entries that the store makes. */
function collecting<Given extends unknown[]>(given: (...about: Given) => AuditEvent) {
  const made: AuditEvent[] = [];
  const entryFor = (...about: Given): AuditEvent => {
    const entry = given(...about);
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
