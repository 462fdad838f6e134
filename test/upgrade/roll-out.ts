import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from '../chaos/checks/once.ts';
import { type Attempt, inWords, isUnsure } from '../chaos/history.ts';
import { type Recorder, recorder } from '../chaos/recorder.ts';
import { root, startReplica, untilReady } from '../support/replica.ts';
import { deployFrom, runCommand } from './deployment.ts';
import { startCrowd } from './signing-in.ts';

type Plan = {
  /** Where the code of the version before is. */
  before: string;
  people: number;
  /** How many logins to wait for before the next phase. */
  logins: number;
  onPhase?: (name: string) => void;
};

/** Of a replica of the new version: while migrations are pending, and after. */
export type Readiness = { pending: string[]; before: number; after: number };

export const phases = [
  'the version before alone',
  'its replicas on a migrated database',
  'replicas are replaced, one by one',
  'this version alone',
  'replicas go back, one by one',
  'the version before on rows of this one',
] as const;

/** Rolls this version out in place of another one, and back, while people sign in. */
export async function rollOut(plan: Plan) {
  const opened = new AsyncDisposableStack();
  try {
    return await play(plan, opened);
  } finally {
    await opened.disposeAsync();
  }
}

async function play(
  { before, people, logins, onPhase = () => {} }: Plan,
  opened: AsyncDisposableStack,
) {
  const { env, apiKey, fleet, url, codesOf } = await deployFrom(before, opened);
  const desk = recorder({ fleet }, { through: url, insists: true });
  const crowd = startCrowd({ desk, apiKey, codesOf, remembers: knowsDevices(before) }, people);
  const exits: unknown[] = [];
  const replaceEach = async (folder: string) => {
    fleet.startFrom(folder);
    for (const index of fleet.up()) {
      exits.push(await fleet.restart(index));
      await untilReady(fleet.urlOf(index));
    }
  };
  let readiness: Readiness | null = null;
  const steps: Record<(typeof phases)[number], () => Promise<void>> = {
    'the version before alone': async () => {},
    'its replicas on a migrated database': async () => {
      readiness = await migrate(env, before);
    },
    'replicas are replaced, one by one': () => replaceEach(root),
    'this version alone': async () => {},
    'replicas go back, one by one': () => replaceEach(before),
    'the version before on rows of this one': async () => {},
  };
  for (const phase of phases) {
    onPhase(phase);
    crowd.enter(phase);
    await steps[phase]();
    await crowd.untilLogins(logins);
  }
  await crowd.leave();
  const failures = [...crowd.failures, ...codesTwice(desk), ...errors(desk)];
  return { readiness: readiness as Readiness | null, exits, failures, ...figures(desk), crowd };
}

function codesTwice({ calls }: Recorder): string[] {
  const nothing = { wrongGuesses: [], approved: [], lookedAt: [], factors: [], events: [] };
  const terms = { attempts: 5, codeTtlMs: 30_000, unheardMs: 60_000 };
  const history = { terms, calls, messages: [], faults: [], log: [], finalState: nothing };
  return once(history).map(({ what, requests }) => `${what}: ${requests}`);
}

/** A repetition elsewhere may hide that one version cannot read what the other wrote. */
function errors({ calls }: Recorder): string[] {
  const failed = calls.filter(({ attempts }) => attempts.some(isInternal));
  return failed.map((call) => inWords(call));
}

const isInternal = ({ answer }: Attempt) => answer?.status === 500;

function figures({ calls }: Recorder) {
  const attempts = calls.flatMap((call) => call.attempts);
  return { requests: attempts.length, repeated: attempts.filter(isUnsure).length };
}

/** Migrates while the version before serves, and asks a replica of this one whether it is ready. */
async function migrate(env: Record<string, string>, before: string): Promise<Readiness> {
  const had = new Set(migrationsIn(before));
  const pending = migrationsIn(root).filter((name) => !had.has(name));
  const replica = await startReplica(env);
  const status = async () => (await fetch(`${replica.url}/health/ready`)).status;
  try {
    // With nothing pending it is ready, once it has reached its stores.
    if (pending.length === 0) await untilReady(replica.url);
    const atFirst = await status();
    await runCommand(root, env, 'migrate');
    await untilReady(replica.url);
    return { pending, before: atFirst, after: await status() };
  } finally {
    await replica.kill();
  }
}

const migrationsIn = (folder: string) => readdirSync(join(folder, 'prisma/migrations'));

/** Callers use what is new only after an upgrade, and not before a way back. */
function knowsDevices(folder: string): boolean {
  return readFileSync(join(folder, 'openapi.yaml'), 'utf8').includes('rememberDevice');
}
