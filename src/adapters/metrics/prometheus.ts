import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../../domain/ports.ts';

/** What is asked for when the figures are read. */
export type Sources = {
  version?: string;
  /** Connections to PostgreSQL. */
  connections?: () => { open: number; idle: number; waiting: number };
  /** Alerts that wait for a webhook. */
  backlog?: () => Promise<{ messages: number; oldestSeconds: number }>;
};

/** Figures of the domain and of what it depends on, for Prometheus. */
export function prometheusMetrics(sources: Sources = {}): Metrics {
  const registry = new Registry();
  const counted = counters(registry);
  const measured = histograms(registry);
  const open = gauge(registry, 'circuit_open', 'Whether a provider is left alone.', ['provider']);
  const collect = addSources(registry, sources);
  return {
    sendingRefused: (method, reason) => counted.refused.inc({ method, reason }),
    quotaRefused: (budget) => counted.quotas.inc({ budget }),
    carefulCode: (method) => counted.careful.inc({ method }),
    recorded: (type) => counted.events.inc({ type }),
    challenge: (purpose, outcome) => counted.challenges.inc({ purpose, outcome }),
    approvedAfter: (purpose, seconds) => measured.approvals.observe({ purpose }, seconds),
    code: (method, delivery) => counted.codes.inc({ method, delivery }),
    asked: (dependency, outcome, seconds) =>
      measured.asked.observe({ dependency, outcome }, seconds),
    circuit: (provider, isOpen) => open.set({ provider }, Number(isOpen)),
    groupWritten: (changes) => measured.groups.observe(changes),
    async text() {
      await collect();
      return registry.metrics();
    },
  };
}

function counters(registry: Registry) {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `doublecheck_${name}_total`, help, labelNames, registers: [registry] });
  return {
    refused: counter(
      'sendings_refused',
      'Codes that were asked for and not sent, by method and reason.',
      ['method', 'reason'],
    ),
    quotas: counter('quota_refusals', 'What a full budget refused, by the name of the budget.', [
      'budget',
    ]),
    careful: counter(
      'careful_codes',
      'Codes of 8 digits, for users with too many wrong guesses, by method.',
      ['method'],
    ),
    events: counter('events', 'Entries of the audit trail that were written, by type.', ['type']),
    challenges: counter('challenges', 'Challenges by purpose and outcome.', ['purpose', 'outcome']),
    codes: counter('codes', 'Codes by method and by what became of them at the provider.', [
      'method',
      'delivery',
    ]),
  };
}

function histograms(registry: Registry) {
  const histogram = (name: string, help: string, buckets: number[], labelNames: string[]) =>
    new Histogram({
      name: `doublecheck_${name}`,
      help,
      buckets,
      labelNames,
      registers: [registry],
    });
  return {
    approvals: histogram(
      'approval_duration_seconds',
      'From the start of a challenge to its approval, by purpose.',
      [0.1, 1, 5, 10, 15, 20, 30, 45, 60, 120, 300, 600],
      ['purpose'],
    ),
    asked: histogram(
      'dependency_duration_seconds',
      'One request to a store or a provider, by dependency and outcome.',
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      ['dependency', 'outcome'],
    ),
    groups: histogram(
      'change_group_size',
      'Changes that were written to PostgreSQL in one statement.',
      [1, 2, 4, 8, 16, 32, 64, 100],
      [],
    ),
  };
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[] = []) {
  return new Gauge({ name: `doublecheck_${name}`, help, labelNames, registers: [registry] });
}

/** @returns a function that reads the sources, which may be known later. A source that fails shows no figure. */
function addSources(registry: Registry, sources: Sources): () => Promise<void> {
  const { version } = sources;
  if (version)
    gauge(registry, 'build_info', 'Always 1.', ['version', 'node']).set(
      { version, node: process.version },
      1,
    );
  const pool = gauge(registry, 'postgresql_connections', 'Connections of the pool.', ['state']);
  const waiting = gauge(registry, 'postgresql_waiting', 'Calls that wait for a connection.');
  const messages = gauge(registry, 'webhook_backlog_messages', 'Alerts that are not delivered.');
  const age = gauge(registry, 'webhook_backlog_age_seconds', 'Age of the oldest of them.');
  return async () => {
    const now = sources.connections?.();
    if (now) {
      pool.set({ state: 'idle' }, now.idle);
      pool.set({ state: 'busy' }, now.open - now.idle);
      waiting.set(now.waiting);
    }
    const left = await sources.backlog?.().catch(() => null);
    for (const one of [messages, age]) one.reset();
    messages.set(left?.messages ?? Number.NaN);
    age.set(left?.oldestSeconds ?? Number.NaN);
  };
}
