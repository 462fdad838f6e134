import { type AuditEvent, inChallenge } from '../audit/audit.ts';
import { type App, missingVersion } from '../challenge/app-version.ts';
import type { LoginContext } from '../challenge/challenge.ts';
import { defaultTarget } from '../challenge/code-in-play.ts';
import { newChallenge } from '../challenge/new-challenge.ts';
import { contextOf, createdOf, openChallenge, refOf } from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import { requireTokenOf } from '../factors/test-destinations.ts';
import type { Device, User, UserKey } from '../people.ts';
import { effectivePolicy } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type Begun, beginWithCode, mayBeSent, withdrawCode } from '../sending/begin-with-code.ts';
import { deliverCode } from '../sending/deliver-code.ts';
import { issueCode, type SendingDeps } from '../sending/issue-code.ts';
import { minute } from '../time.ts';
import { type ApprovalDeps, approve } from './approve.ts';

type StartDeps = SendingDeps & ApprovalDeps;

export type Start = UserKey & {
  /** Of the challenge. The same one again goes on where the first attempt stopped. */
  id: string;
  client: string;
  app: App;
  purpose: 'login' | 'step-up' | 'edit';
  /** Who is really at the keyboard. Only an edit asks for it. */
  actor: string | null;
  /** BCP 47. The organization's when null. */
  language: string | null;
  device: Device | null;
  returnUrl: string | null;
  send: boolean;
  address: string | null;
};

export async function startChallenge(deps: StartDeps, start: Start): Promise<LoginContext> {
  if (start.purpose === 'edit' && start.actor !== start.userId)
    throw new Problem('actor-not-owner');
  if (start.device) requireTokenOf(deps.settings.mode, start.device.pushToken);
  const user = await deps.users.load(start);
  if (start.purpose !== 'login' && user.factors.length === 0) throw new Problem('no-factor');
  if (user.organization && !user.known) await deps.users.ensure(start);
  const opening = openingOf(deps, start, user);
  const { snapshot, outgoing } = await begin(deps, start, user, opening);
  const context = contextOf(deps, snapshot, user);
  const started = startOf(context, opening);
  if (opening.next === 'approve')
    return approve(deps, context, { attemptId: start.id, verified: null, started });
  await deps.trail.record(started, snapshot.challenge.id).catch(async (error: unknown) => {
    await Promise.all([outgoing?.reservation.giveBack(), outgoing && withdrawCode(deps, snapshot)]);
    throw error;
  });
  if (outgoing) return deliverCode(deps, context, outgoing);
  return opening.next === 'verify' && start.send ? sendFirst(deps, context) : context;
}

type Opening =
  | { next: 'approve' | 'verify' | 'enrol' }
  | { next: 'upgrade'; minimumVersion: string };

function openingOf(
  { settings }: Pick<Deps, 'settings'>,
  { app, purpose }: Start,
  user: User,
): Opening {
  const policy = purpose === 'login' ? effectivePolicy(user) : 'mandatory';
  if (policy === 'off') return { next: 'approve' };
  const next = user.factors.length > 0 ? 'verify' : 'enrol';
  const minimumVersion = missingVersion(app, settings.minimumAppVersions);
  if (!minimumVersion) return { next };
  const skippable = next === 'enrol' && policy === 'optional';
  return skippable ? { next: 'approve' } : { next: 'upgrade', minimumVersion };
}

async function begin(deps: StartDeps, start: Start, user: User, opening: Opening): Promise<Begun> {
  const draft = draftOf(start, user, opening);
  const { challengeTtlMs: lifetimeMs, startsPerMinute } = deps.settings;
  const terms = { lifetimeMs, starts: { limit: startsPerMinute, windowMs: minute } };
  const sends = opening.next === 'verify' && start.send;
  const target = sends && defaultTarget(user.factors, user, deps.settings.methods);
  if (target && mayBeSent(deps, { draft, user, target }))
    return beginWithCode(deps, { draft, user, target }, terms);
  return { snapshot: createdOf(await deps.challenges.create(draft, terms)), outgoing: null };
}

function draftOf(start: Start, user: User, opening: Opening) {
  const { id, client, purpose, language, device, returnUrl, address } = start;
  const { name: app, version: appVersion = null } = start.app;
  const who = { id, client, app, appVersion, address };
  const draft = newChallenge(user, { ...who, purpose, language, device, returnUrl });
  if (opening.next !== 'upgrade') return draft;
  const { minimumVersion } = opening;
  return { ...draft, outcome: 'upgrade_required' as const, minimumVersion };
}

function startOf({ challenge }: LoginContext, { next }: Opening): AuditEvent {
  const { purpose, policy } = challenge;
  return inChallenge(challenge, 'challenge.started', { purpose, policy, next });
}

const sendingRefused = [
  'too-many-requests',
  'locked',
  'destination-not-allowed',
  'no-device',
] as const;

async function sendFirst(deps: SendingDeps, context: LoginContext): Promise<LoginContext> {
  const { factors } = context.user;
  const target = defaultTarget(factors, context.user, deps.settings.methods);
  if (!target) return context;
  try {
    return await issueCode(deps, context, context.challenge.id, (current) => {
      assertAllowed(current, 'send');
      return { target };
    });
  } catch (error) {
    // The challenge stays: the screen shows why there is no code.
    if (!sendingRefused.some((name) => Problem.is(error, name))) throw error;
    return openChallenge(deps, refOf(context.challenge));
  }
}
