/**
 * Lets people sign in while replicas, Redis, PostgreSQL and the providers break, and checks every answer:
 * `npm run chaos -- --minutes 10 --seed 7 --redis standalone --svg chaos.svg`. Without `--redis`, each
 * kind of Redis gets a third of the time. `--history FILE` saves everything that was recorded.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chart } from '../test/chaos/chart.ts';
import { strictChecks } from '../test/chaos/checks/index.ts';
import type { History, Violation } from '../test/chaos/history.ts';
import { wreak } from '../test/chaos/nemesis.ts';
import { runRound } from '../test/chaos/round.ts';
import { type RedisKind, redisKinds } from '../test/chaos/store-redis.ts';
import { summary, verdicts } from '../test/chaos/summary.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    redis: { type: 'string' },
    svg: { type: 'string', default: 'chaos.svg' },
    history: { type: 'string' },
  },
});
const print = (line: string) => process.stdout.write(`${line}\n`);
const seed = Number(values.seed);
const kinds = redisKinds.filter((kind) => !values.redis || kind === values.redis);
if (kinds.length === 0) throw new Error(`--redis is one of ${redisKinds.join(', ')}`);
const roundMs = (Number(values.minutes) * 60_000) / kinds.length;

/** Longer than a recovery may take, so that later failures count. */
const calmMs = [11_000, 15_000] as const;

function round(redis: RedisKind): Promise<History> {
  const until = Date.now() + roundMs;
  return runRound({
    redis,
    // Each kind of Redis has its own order of faults.
    seed: seed + 1_000 * kinds.indexOf(redis),
    nemesis: ({ world: { breakages }, chances }) =>
      wreak({ breakages, chances, calmMs, until, say: (line) => print(`  ${line}`) }),
  });
}

function check(history: History): Violation[] {
  return Object.values(strictChecks).flatMap((find) => find(history));
}

function printViolations(violations: Violation[]): void {
  for (const line of verdicts(violations, Object.keys(strictChecks))) print(`  ${line}`);
  for (const { check, what, requests } of violations) {
    print(`${check}: ${what}`);
    for (const request of requests) print(`    ${request}`);
  }
}

print(`seed ${seed}, ${values.minutes} minutes`);
const rounds: { redis: RedisKind; history: History }[] = [];
for (const redis of kinds) {
  print(`Redis: ${redis}`);
  const history = await round(redis);
  rounds.push({ redis, history });
  for (const line of summary(history)) print(`  ${line}`);
  const violations = check(history);
  printViolations(violations);
  if (violations.length > 0) {
    for (const line of history.log) print(`  log: ${line}`);
    process.exitCode = 1;
  }
}
if (values.history) writeFileSync(values.history, JSON.stringify(rounds));
writeFileSync(values.svg, chart(rounds));
print(`the timeline is in ${values.svg}`);
