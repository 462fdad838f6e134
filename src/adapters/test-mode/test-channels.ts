import type { ChallengeRef } from '../../domain/challenge/challenge.ts';
import type { Device } from '../../domain/people.ts';
import type { Channel } from '../../domain/ports.ts';
import { callScript } from '../../domain/test-mode/call-script.ts';
import { testCallId } from '../../domain/test-mode/test-call.ts';

type Calls = {
  /** Reports what has happened to the call of a challenge. */
  play(ref: ChallengeRef): Promise<void>;
  end: NonNullable<Channel['hangUp']>;
};

const provider = 'test';

/** Calls that leave no machine. Whoever reads a challenge plays its call; the timers are for those who wait. */
export function testCalls({ play, end }: Calls): Channel {
  return {
    method: 'call',
    provider,
    async deliver({ address: number, ref }) {
      const script = callScript(number);
      if (!script) return { delivery: 'not-placed' };
      for (const { afterMs } of script)
        setTimeout(() => void play(ref.challenge).catch(() => {}), afterMs).unref();
      return { delivery: 'accepted', callId: testCallId({ number, ref }) };
    },
    hangUp: end,
    // Answers are reported, though nothing asks for it from outside.
    readReport: async () => null,
  };
}

/** Pushes that leave no machine. */
export const testPushes: Channel = {
  method: 'push',
  provider,
  async deliver({ devices }) {
    const taken = devices.some((device) => !isGone(device) && !isDown(device));
    const goneTokens = devices.filter(isGone).map(({ pushToken }) => pushToken);
    return { delivery: taken ? 'accepted' : 'not-placed', goneTokens };
  },
};

const isGone = ({ pushToken }: Device) => pushToken.startsWith('test:gone');
const isDown = ({ pushToken }: Device) => pushToken.startsWith('test:down');
