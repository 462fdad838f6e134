import type { User } from '../people.ts';
import { effectivePolicy, organizationDefaults } from '../policy.ts';
import {
  type Challenge,
  type ChallengePatch,
  type NewChallenge,
  strangersLane,
} from './challenge.ts';

export type Beginning = Pick<
  Challenge,
  'id' | 'client' | 'app' | 'appVersion' | 'address' | 'purpose' | 'device'
> & {
  /** BCP 47. The organization's when null. */
  language: string | null;
  returnUrl?: string | null;
  lane?: string;
};

type Nullable = {
  [Field in keyof Challenge]: null extends Challenge[Field] ? Field : never;
}[keyof Challenge];

export const absentFields: Record<Nullable, null> = {
  appVersion: null,
  address: null,
  device: null,
  returnUrl: null,
  pending: null,
  code: null,
  proof: null,
  refusal: null,
  verified: null,
  codeProved: null,
  remember: null,
  outcome: null,
  endReason: null,
  minimumVersion: null,
  approval: null,
  redeemedBy: null,
};

/** What nobody asks for after the end of a challenge. It is not kept. */
export const afterEnd = {
  appVersion: null,
  address: null,
  device: null,
  pending: null,
  code: null,
  proof: null,
  refusal: null,
  codeProved: null,
  attemptsRemaining: 0,
} satisfies ChallengePatch;

export function newChallenge(
  user: User,
  { language, lane = strangersLane, ...beginning }: Beginning,
): NewChallenge & { code: null } {
  const { organization } = user;
  return {
    ...absentFields,
    ...beginning,
    lane,
    organizationId: user.organizationId,
    userId: user.userId,
    policy: effectivePolicy(user),
    backup: organization?.backup ?? organizationDefaults.backup,
    language: language ?? organization?.language ?? organizationDefaults.language,
    attemptsRemaining: 0,
    codeIds: [],
    wrongGuesses: 0,
  };
}
