import type { ChallengeSnapshot } from '../../domain/challenge/challenge.ts';
import { modeOf } from '../../domain/mode.ts';
import type {
  CallTurns,
  ChallengeStore,
  Channel,
  Deps,
  Settings,
  TestOutcomes,
} from '../../domain/ports.ts';
import type { SecretRing } from '../../domain/secrets/keys.ts';
import { readableCodes } from '../../domain/secrets/readable-codes.ts';
import { endCall, playCall } from '../../domain/test-mode/play-call.ts';
import type { TestDeps } from '../../domain/test-mode/test-deps.ts';
import { testCalls, testPushes } from './test-channels.ts';

type Parts = {
  settings: Settings;
  secrets: SecretRing;
  turns: CallTurns;
  testOutcomes: TestOutcomes;
};

const nothing = () => {};

/** Figures of logins are about live ones alone. */
const uncounted = {
  sendingRefused: nothing,
  quotaRefused: nothing,
  carefulCode: nothing,
  recorded: nothing,
  challenge: nothing,
  approvedAfter: nothing,
  code: nothing,
};

/** Test mode beside live mode: the same stores, but nothing of it is delivered or counted. */
export function testMode(live: Deps, { secrets, ...parts }: Parts): TestDeps {
  const codes = readableCodes(secrets);
  const metrics = { ...live.metrics, ...uncounted };
  const quiet = { ...live, ...parts, codes, metrics, channels: new Map<string, Channel>() };
  // What plays a call reads without playing.
  const challenges = playedOnRead(live.challenges, quiet);
  const deps = { ...quiet, challenges };
  const calls = testCalls({
    play: async (ref) => void (await challenges.read(ref)),
    end: (callId, options) => endCall(deps, callId, options),
  });
  for (const channel of [calls, testPushes])
    if (parts.settings.methods.includes(channel.method))
      quiet.channels.set(channel.method, channel);
  return deps;
}

/** Plays the call of a challenge before anybody sees it, so that any replica may answer. */
function playedOnRead(challenges: ChallengeStore, deps: Deps): ChallengeStore {
  const played = async (read: () => Promise<ChallengeSnapshot | null>) => {
    const snapshot = await read();
    return snapshot !== null && (await playCall(deps, snapshot)) ? read() : snapshot;
  };
  return {
    ...challenges,
    read: (ref) => played(() => challenges.read(ref)),
    // An id says nothing of its mode.
    async find(id) {
      const found = await challenges.find(id);
      if (!found || modeOf(found.challenge.organizationId) !== 'test') return null;
      return played(() => challenges.find(id));
    },
  };
}
