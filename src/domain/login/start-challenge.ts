import { type AuditEvent, inChallenge } from '../audit/audit.ts';
import { type App, missingVersion } from '../challenge/app-version.ts';
import { type LoginContext, strangersLane } from '../challenge/challenge.ts';
import { chosenTarget, defaultTarget } from '../challenge/code-in-play.ts';
import { asksForBackup } from '../challenge/enrolment.ts';
import { knownDeviceOf, laneOf } from '../challenge/lane.ts';
import { newChallenge } from '../challenge/new-challenge.ts';
import {
  contextOf,
  createdOf,
  openChallenge,
  refOf,
  whileItBegins,
} from '../challenge/open-challenge.ts';
import { assertAllowed } from '../challenge/stage.ts';
import { requireTokenOf } from '../factors/test-destinations.ts';
import type { Device, User, UserKey } from '../people.ts';
import { effectivePolicy } from '../policy.ts';
import type { Deps, Settings } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type Begun, beginWithCode, mayBeSent, withdrawCode } from '../sending/begin-with-code.ts';
import { deliverCode } from '../sending/deliver-code.ts';
import { issueCode, type SendingDeps } from '../sending/issue-code.ts';
import { startsBudget } from '../sending/sending-budgets.ts';
import { type ApprovalDeps, approve } from './approve.ts';
import { type RecognitionDeps, recognizeDevice } from './recognize-device.ts';

type StartDeps = SendingDeps & ApprovalDeps & RecognitionDeps;

export type Start = UserKey & {
  /** Of the challenge. The same one again goes on where the first attempt stopped. */
  id: string;
  client: string;
  app: App;
  /** Before an edit, the caller has been found to be the user: `requireOwner`. */
  purpose: 'login' | 'step-up' | 'edit';
  /** BCP 47. The organization's when null. */
  language: string | null;
  device: Device | null;
  returnUrl: string | null;
  /** The token of a known device. */
  knownDevice: string | null;
  send: boolean;
  address: string | null;
};

export function startChallenge(deps: StartDeps, start: Start): Promise<LoginContext> {
  return whileItBegins(() => startNow(deps, start));
}

async function startNow(deps: StartDeps, start: Start): Promise<LoginContext> {
  if (start.device) requireTokenOf(deps.settings.mode, start.device.pushToken);
  const { user, deviceId } = await recognizeDevice(deps, start);
  if (start.purpose !== 'login' && user.factors.length === 0) throw new Problem('no-factor');
  if (user.organization && !user.known) await deps.users.ensure(start);
  const draft = draftOf(start, user, deviceId === null ? strangersLane : laneOf(deviceId));
  const opening = openingOf(deps, start, { challenge: draft, user });
  const { snapshot, outgoing } = await begin(deps, start, { user, draft }, opening);
  const context = contextOf(deps, snapshot, user);
  const started = startOf(context, opening);
  if (opening.next === 'approve') {
    const { knownDevice } = opening;
    return approve(deps, context, { attemptId: start.id, verified: null, started, knownDevice });
  }
  await deps.trail.record(started, snapshot.challenge.id).catch(async (error: unknown) => {
    await Promise.all([outgoing?.reservation.giveBack(), outgoing && withdrawCode(deps, snapshot)]);
    throw error;
  });
  if (outgoing) return deliverCode(deps, context, outgoing);
  return opening.next === 'verify' && start.send ? sendFirst(deps, context) : context;
}

type Opening =
  | { next: 'approve'; knownDevice?: true }
  | { next: 'verify' | 'enrol' }
  | { next: 'upgrade'; minimumVersion: string };

function openingOf(
  { settings }: Pick<Deps, 'settings'>,
  { app, purpose }: Start,
  login: { challenge: Draft; user: User },
): Opening {
  const { user } = login;
  const policy = purpose === 'login' ? effectivePolicy(user) : 'mandatory';
  if (policy === 'off') return { next: 'approve' };
  const next = user.factors.length > 0 ? 'verify' : 'enrol';
  if (next === 'verify' && skipsCode(login, settings))
    return { next: 'approve', knownDevice: true };
  const minimumVersion = missingVersion(app, settings.minimumAppVersions);
  if (!minimumVersion) return { next };
  const skippable = next === 'enrol' && policy === 'optional';
  return skippable ? { next: 'approve' } : { next: 'upgrade', minimumVersion };
}

type Draft = ReturnType<typeof newChallenge>;

/** On a known device an organization may ask for no code, once nothing is left to set up. */
function skipsCode(login: { challenge: Draft; user: User }, settings: Settings): boolean {
  const { skipCode = false } = login.user.organization?.knownDevices ?? {};
  const trusted = skipCode && login.challenge.purpose === 'login' && knownDeviceOf(login) !== null;
  return trusted && !asksForBackup(login, settings);
}

async function begin(
  deps: StartDeps,
  start: Start,
  { user, draft: plain }: { user: User; draft: Draft },
  opening: Opening,
): Promise<Begun> {
  const draft = withOpening(plain, opening);
  const terms = {
    lifetimeMs: deps.settings.challengeTtlMs,
    starts: startsBudget(deps, user, draft.lane),
  };
  const sends = opening.next === 'verify' && start.send;
  const target = sends && defaultTarget(user.factors, user, deps.settings.methods);
  if (target && mayBeSent(deps, { draft, user, target }))
    return beginWithCode(deps, { draft, user, target }, terms);
  return { snapshot: createdOf(deps, await deps.challenges.create(draft, terms)), outgoing: null };
}

function draftOf(start: Start, user: User, lane: string): Draft {
  const { id, client, purpose, language, device, returnUrl, address } = start;
  const { name: app, version: appVersion = null } = start.app;
  const who = { id, client, app, appVersion, address };
  return newChallenge(user, { ...who, purpose, language, device, returnUrl, lane });
}

function withOpening(draft: Draft, opening: Opening): Draft {
  if (opening.next !== 'upgrade') return draft;
  const { minimumVersion } = opening;
  return { ...draft, outcome: 'upgrade_required', minimumVersion };
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
  'no-factor',
  'challenge-finished',
] as const;

async function sendFirst(deps: SendingDeps, context: LoginContext): Promise<LoginContext> {
  try {
    return await issueCode(deps, context, context.challenge.id, (current) => {
      assertAllowed(current, 'send');
      return { target: chosenTarget(current, deps.settings.methods, null) };
    });
  } catch (error) {
    // The challenge stays: the screen shows why there is no code.
    if (!sendingRefused.some((name) => Problem.is(error, name))) throw error;
    return openChallenge(deps, refOf(context.challenge));
  }
}
