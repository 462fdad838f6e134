/**
 * Kills replicas at random moments while people sign in, and checks every answer:
 * `npm run kills -- --kills 200 --people 12`.
 */
import { parseArgs } from 'node:util';
import { once } from '../test/chaos/checks/once.ts';
import { eventsAnsweredBy, recorded } from '../test/chaos/checks/recorded.ts';
import {
  countLost,
  killAt,
  type Moment,
  observableEvents,
  unsettled,
} from '../test/chaos/kills.ts';
import { chances } from '../test/chaos/random.ts';
import { runRound } from '../test/chaos/round.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    people: { type: 'string', default: '12' },
  },
});
const kills = Number(values.kills);
const print = (line: string) => process.stdout.write(`${line}\n`);

const seed = Math.floor(Math.random() * 1_000_000);
const { oneOf } = chances(seed);

/** Half of the kills come at any moment, half directly after an answer. */
const moments = Array.from(
  { length: kills },
  (_, index): Moment => (index % 2 ? oneOf(observableEvents) : null),
);

const start = Date.now();
const nemesis = killAt(moments, (count) => {
  if (count % 20 === 0) print(`${count} kills`);
});
const history = await runRound({
  redis: 'standalone',
  seed,
  nemesis,
  users: 100 + 10 * kills,
  clients: Number(values.people),
  insists: true,
});
const events = history.calls.flatMap(eventsAnsweredBy).length;
const seconds = Math.round((Date.now() - start) / 1000);
const wrong = { recorded: recorded(history), once: once(history), unsettled: unsettled(history) };
print(
  `${kills} kills, ${history.calls.length} calls, ${countLost(history)} lost requests, ${seconds} s`,
);
print(`${events} events answered, ${wrong.recorded.length} of them not in the trail`);
print(`${wrong.once.length} double successes, ${wrong.unsettled.length} calls never settled`);
const violations = Object.values(wrong).flat();
for (const { what, requests } of violations) print([what, ...requests].join('\n  '));
process.exitCode = violations.length > 0 ? 1 : 0;
