import { randomUUID } from 'node:crypto';
import { type App, missingVersion } from './app-version.ts';
import { approve } from './approve.ts';
import type { Challenge, DeviceSeen, Situation } from './challenge.ts';
import { issueCode } from './issue-code.ts';
import { effectivePolicy, organizationDefaults } from './policy.ts';
import type { Deps, NewChallenge, User, UserKey } from './ports.ts';
import { Problem } from './problems.ts';

export type Start = UserKey & {
  client: string;
  app: App;
  purpose: Challenge['purpose'];
  /** BCP 47; the organization's when null. */
  language: string | null;
  device: DeviceSeen | null;
  /** Whether to send a code at once, so that the phone rings while the page loads. */
  send: boolean;
};

/** Begins one attempt of one user to get in: says what has to happen next, and starts on it. */
export async function startChallenge(deps: Deps, start: Start): Promise<Situation> {
  const user = await deps.directory.loadUser(start);
  if (start.purpose === 'step-up' && user.factors.length === 0) throw new Problem('no-factor');
  const opening = openingOf(deps, start, user);
  const draft = newChallenge(start, user, opening);
  const seen = await deps.challenges.create(draft, deps.settings.challengeTtlMs);
  const situation = { ...seen, user };
  deps.log.info({ challengeId: draft.id, client: start.client, opening: opening.next }, 'started');
  if (opening.next === 'approve') return approve(deps, situation, null);
  return opening.next === 'verify' && start.send ? sendFirst(deps, situation) : situation;
}

type Opening =
  | { next: 'approve' | 'verify' | 'enrol' }
  | { next: 'upgrade'; minimumVersion: string };

function openingOf({ settings }: Deps, { app, purpose }: Start, user: User): Opening {
  const policy = purpose === 'step-up' ? 'mandatory' : effectivePolicy(user);
  if (policy === 'off') return { next: 'approve' };
  const next = user.factors.length > 0 ? 'verify' : 'enrol';
  const minimumVersion = missingVersion(app, settings.minimumAppVersions);
  if (!minimumVersion) return { next };
  const skippable = next === 'enrol' && policy === 'optional';
  return skippable ? { next: 'approve' } : { next: 'upgrade', minimumVersion };
}

function newChallenge(start: Start, user: User, opening: Opening): NewChallenge {
  const upgrade = opening.next === 'upgrade';
  return {
    id: randomUUID(),
    organizationId: start.organizationId,
    userId: start.userId,
    client: start.client,
    app: start.app.name,
    purpose: start.purpose,
    policy: effectivePolicy(user),
    backup: user.organization?.backup ?? organizationDefaults.backup,
    language: start.language ?? user.organization?.language ?? organizationDefaults.language,
    device: start.device,
    pending: null,
    code: null,
    attemptsRemaining: 0,
    codesSent: 0,
    wrongGuesses: 0,
    verified: null,
    outcome: upgrade ? 'upgrade_required' : null,
    minimumVersion: upgrade ? opening.minimumVersion : null,
    approval: null,
    redeemed: false,
  };
}

async function sendFirst(deps: Deps, situation: Situation): Promise<Situation> {
  const primary = situation.user.factors.find((factor) => factor.role === 'primary');
  if (!primary) return situation;
  return issueCode(deps, situation, () => ({ target: primary }));
}
