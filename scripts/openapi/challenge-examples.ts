import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';

type Full = Required<ChallengeBody> & { code: object };

type Named = Record<string, { summary: string; value: ChallengeBody }>;

const enrolment: NonNullable<ChallengeBody['enrolment']> = {
  step: 'primary',
  skippable: false,
  mandatoryFrom: null,
  methods: ['call'],
  unavailable: [{ method: 'push', reason: 'no-device' }],
};

/** Where a challenge may stand. `all` has every field filled in. */
export function challengeExamples(all: unknown): Named {
  const full = all as Full;
  const { challengeToken, pageUrl, endReason, minimumVersion, retryAt, ...fields } = full;
  const none = { noCode: null, enrolment: null, edit: null, result: null };
  const verify: ChallengeBody = { ...fields, ...none };
  const quiet: ChallengeBody = { ...verify, code: null, accepts: [] };
  const { code, noCode, edit, result } = full;
  return {
    'started-verify': shown('A code is on its way', { ...verify, challengeToken }),
    'started-enrol': shown('Nothing is set up yet', {
      ...quiet,
      challengeToken,
      status: 'enrol',
      factors: [],
      codesRemaining: 5,
      enrolment,
    }),
    'started-page': shown('Send the browser to our page', {
      ...verify,
      challengeToken,
      pageUrl,
      returnUrl: 'https://panel.example/2fa/done',
    }),
    verify: shown('Enter the code', verify),
    'no-code': shown('The code has expired', { ...verify, code: null, noCode }),
    answered: shown('The call was answered', {
      ...verify,
      code: { ...code, delivery: 'answered' },
    }),
    enrol: shown('Set up a backup', {
      ...quiet,
      status: 'enrol',
      enrolment: { ...enrolment, step: 'backup', skippable: true },
    }),
    edit: shown('Change the factors', { ...quiet, purpose: 'edit', status: 'edit', edit }),
    edited: shown('The edit is over', { ...quiet, purpose: 'edit', status: 'approved' }),
    approved: shown('Let the user in', { ...quiet, status: 'approved', result }),
    upgrade: shown('The app is too old', {
      ...quiet,
      status: 'upgrade_required',
      minimumVersion,
    }),
    'locked-out': shown('Too many wrong guesses', {
      ...quiet,
      status: 'locked',
      accepts: ['recoveryCode', 'pass'],
      retryAt,
    }),
    cancelled: shown('Back to the login page', {
      ...quiet,
      status: 'cancelled',
      endReason: 'user',
    }),
  };
}

const started = ['started-verify', 'started-enrol', 'started-page', 'approved', 'upgrade'];

/** Which of them each answer shows, by operation and status. */
const byAnswer: Record<string, readonly string[]> = {
  'startChallenge 201': started,
  'addUserFactor 201': ['started-verify'],
  'getChallenge 200': [
    'verify',
    'answered',
    'no-code',
    'enrol',
    'approved',
    'edit',
    'locked-out',
    'cancelled',
  ],
  'verifyCode 200': ['approved', 'enrol'],
  'skipEnrolment 200': ['approved'],
  'promoteOwnFactor 200': ['edit'],
  'finishEdit 200': ['edited'],
  'findChallenge 200': ['verify', 'approved', 'cancelled'],
};

export function shownBy(answer: string): readonly string[] {
  return byAnswer[answer] ?? ['verify'];
}

function shown(summary: string, value: ChallengeBody) {
  return { summary, value };
}
