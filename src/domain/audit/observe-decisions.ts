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
      redeem: (result, offer) =>
        collected(told, offer.entryFor, (entryFor) =>
          outcomes.redeem(result, { ...offer, entryFor }),
        ),
    },
    knownDevices: {
      ...knownDevices,
      endStolen: (user, hash, given) =>
        collected(told, given, (entryFor) => knownDevices.endStolen(user, hash, entryFor)),
      end: (user, ending, given) =>
        collected(told, given, (entryFor) => knownDevices.end(user, ending, entryFor)),
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
      remove: (user, factorId, keepLast, given) =>
        collected(
          told,
          given,
          (entryFor) => factors.remove(user, factorId, keepLast, entryFor),
          (outcome) => outcome === 'removed',
        ),
      reset: (user, given) => collected(told, given, (entryFor) => factors.reset(user, entryFor)),
    },
    devices: {
      ...devices,
      refresh: (user, device, previous, given) =>
        collected(told, given, (entryFor) => devices.refresh(user, device, previous, entryFor)),
      forget: (user, deviceId, forgetting, given) =>
        collected(
          told,
          given,
          (entryFor) => devices.forget(user, deviceId, forgetting, entryFor),
          (outcome) => outcome === 'forgotten',
        ),
    },
  };
}

/** Does the work, and tells the entries that the store made in it, unless nothing came of it. */
async function collected<About extends unknown[], Result>(
  told: Tell,
  given: (...about: About) => AuditEvent,
  work: (entryFor: (...about: About) => AuditEvent) => Promise<Result>,
  happened: (result: Result) => boolean = () => true,
): Promise<Result> {
  const made: AuditEvent[] = [];
  const result = await work((...about) => {
    const entry = given(...about);
    made.push(entry);
    return entry;
  });
  if (happened(result)) told(made);
  return result;
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
