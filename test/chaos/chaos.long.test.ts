/** What is promised holds while things break: a short round of `npm run chaos`. */
import { expect, test } from '@jest/globals';
import { checks } from './checks/index.ts';
import type { Breakage } from './faults.ts';
import { breakOne } from './nemesis.ts';
import { type Nemesis, runRound } from './round.ts';

const seed = 1;

/** One of each, one after the other: how it recovers is for the long round. */
const broken = [
  'replica killed',
  'Redis: paused',
  'PostgreSQL: connections ended',
  'Twilio: takes it and is gone',
  'Redis: killed, all lost',
];

const breakEach: Nemesis = async ({ world: { breakages }, chances }) => {
  const faults = [];
  for (const name of broken) {
    const found = breakages.find((one) => one.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    const brief: Breakage = { ...found, lasts: [Math.min(1_200, found.lasts[0]), 1_200] };
    faults.push(await breakOne(brief, { chances, say: () => {} }));
  }
  return faults;
};

test('no forbidden call succeeds, and no user is called without asking', async () => {
  const history = await runRound({ redis: 'standalone', seed, nemesis: breakEach });
  expect(history.faults.map(({ name }) => name)).toEqual(expect.arrayContaining(broken));
  expect(history.messages.length).toBeGreaterThan(0);
  const found = Object.values(checks).flatMap((check) => check(history));
  // How soon it answers again is for the long round: other tests have this machine, too.
  const wrong = found.filter(({ what }) => !what.startsWith('503'));
  expect({ wrong, log: wrong.length > 0 ? history.log : [] }).toEqual({ wrong: [], log: [] });
});
