import { byCaller, type EntryFor, entriesBy } from '../audit/audit.ts';
import type { User, UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { newRecoverySecret, recoveryHash } from '../secrets/recovery-secret.ts';
import { tellDevices } from '../sending/tell-devices.ts';
import { type FactorCaller, isOwner, requireOwner, requireStepUp } from './factor-access.ts';

type RecoveryDeps = Pick<Deps, 'users' | 'recoverySecrets' | 'channels' | 'log'>;

const codesPerUser = 10;

/** For a lost phone. Nobody makes one for themselves: a password would then be enough. */
export async function createPass(
  deps: RecoveryDeps,
  key: UserKey,
  lifetimeMs: number,
  caller: FactorCaller,
): Promise<{ pass: string; expiresAt: Date }> {
  requireSomeoneElse(caller, key);
  const user = await knownUser(deps, key);
  const pass = newRecoverySecret();
  const entry = byCaller(caller, key, 'pass.created', { minutes: lifetimeMs / 60_000 });
  const stored = { hash: hashOf(key, pass), lifetimeMs };
  const expiresAt = await deps.recoverySecrets.createPass(key, stored, entry);
  if (!expiresAt) throw new Problem('not-found');
  tellDevices(deps, user, { about: 'pass-created', hint: '' });
  return { pass, expiresAt };
}

export async function removePass(
  deps: Pick<Deps, 'recoverySecrets'>,
  key: UserKey,
  caller: FactorCaller,
): Promise<void> {
  requireSomeoneElse(caller, key);
  await deps.recoverySecrets.removePass(key, byCaller(caller, key, 'pass.removed'));
}

/** Ten codes in place of those before. @throws Problem `no-factor`, `step-up-required` */
export async function createRecoveryCodes(
  deps: RecoveryDeps & Pick<Deps, 'outcomes'>,
  key: UserKey,
  caller: FactorCaller,
): Promise<string[]> {
  requireOwner(caller, key);
  const user = await deps.users.load(key);
  if (user.factors.length === 0) throw new Problem('no-factor');
  await requireStepUp(deps, user, caller);
  return replaceRecoveryCodes(deps, user, entriesBy(caller, key));
}

/** @throws Problem `no-factor` */
export async function replaceRecoveryCodes(
  deps: RecoveryDeps,
  user: User,
  entryFor: EntryFor,
): Promise<string[]> {
  const codes = Array.from({ length: codesPerUser }, newRecoverySecret);
  const hashes = codes.map((code) => hashOf(user, code));
  const entry = entryFor('recovery-codes.created', { codes: codesPerUser });
  const outcome = await deps.recoverySecrets.replaceCodes(user, hashes, entry);
  if (outcome === 'no-factor') throw new Problem('no-factor');
  tellDevices(deps, user, { about: 'recovery-codes-created', hint: '' });
  return codes;
}

async function knownUser({ users }: Pick<Deps, 'users'>, key: UserKey): Promise<User> {
  const user = await users.load(key);
  if (!user.organization) throw new Problem('not-found');
  if (!user.known) await users.ensure(key);
  return user;
}

function requireSomeoneElse(caller: FactorCaller, key: UserKey): void {
  if (!isOwner(caller, key)) return;
  throw new Problem('forbidden', { detail: 'Nobody makes or removes a pass of their own.' });
}

function hashOf(key: UserKey, secret: string): string {
  const hash = recoveryHash(key, secret);
  if (!hash) throw new Error('not a secret of ours');
  return hash;
}
