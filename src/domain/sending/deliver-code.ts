import { inChallenge } from '../audit/audit.ts';
import type { Code, LoginContext, Target } from '../challenge/challenge.ts';
import { refOf, updateChallenge } from '../challenge/open-challenge.ts';
import type { Device } from '../people.ts';
import { organizationDefaults } from '../policy.ts';
import type { CodeMessage, Delivery, Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { hangUp } from './hang-up.ts';

/** A device that is being enrolled gets the code alone: it is the one to be proved. */
export function devicesFor({ challenge, user }: LoginContext, target: Target): Device[] {
  const enrolling = challenge.pending?.id === target.id && challenge.device;
  return enrolling ? [enrolling] : user.devices;
}

/** Has the code in play delivered, once, and notes how that went. */
export async function deliverCode(
  deps: Deps,
  context: LoginContext,
  digits: string,
): Promise<LoginContext> {
  const { code } = context.challenge;
  if (!code) throw new Error('no code to deliver');
  const channel = deps.channels.get(code.method);
  const message = messageFor(context, code, digits);
  const outcome: Delivery = channel ? await channel.deliver(message) : { delivery: 'failed' };
  const provider = channel?.provider ?? null;
  await recordSent(deps, context, code, { provider, delivery: outcome.delivery });
  if (outcome.goneTokens?.length) await forget(deps, context, outcome.goneTokens);
  return outcome.delivery === 'accepted'
    ? noteCall(deps, context, code, outcome.callId)
    : recordFailure(deps, context, code.id);
}

/** By its name the call can be followed, and ended. */
async function noteCall(
  deps: Deps,
  context: LoginContext,
  { id, method }: Code,
  callId: string | undefined,
): Promise<LoginContext> {
  if (callId === undefined) return context;
  const noted = await updateChallenge(deps, context, ({ challenge: { code } }) =>
    code?.id === id && code.callId === null ? { code: { ...code, callId } } : null,
  ).catch((error: unknown) => {
    // Forgotten while the call was placed: whoever opens it next hears so.
    if (!Problem.is(error, 'challenge-expired')) throw error;
    return null;
  });
  const superseded = noted?.challenge.code?.id !== id;
  if (superseded) hangUp(deps, { method, callId, delivery: 'accepted' });
  return noted ?? context;
}

function messageFor(context: LoginContext, code: Code, digits: string): CodeMessage {
  const { challenge, user } = context;
  const target = [...user.factors, challenge.pending].find((one) => one?.id === code.factorId);
  if (!target) throw new Error('a code without its factor');
  return {
    ref: { challenge: refOf(challenge), codeId: code.id },
    code: digits,
    expiresAt: new Date(code.expiresAt),
    language: challenge.language,
    voiceLanguage: user.organization?.language ?? organizationDefaults.language,
    address: target.address,
    devices: devicesFor(context, target),
  };
}

async function recordSent(
  deps: Deps,
  { challenge }: LoginContext,
  { method, hint }: Code,
  sending: { provider: string | null; delivery: Delivery['delivery'] },
): Promise<void> {
  const type = sending.delivery === 'accepted' ? 'code.sent' : 'code.failed';
  await deps.trail.record(inChallenge(challenge, type, { method, hint, ...sending }));
  deps.log.info({ challengeId: challenge.id, method, ...sending }, 'code sent');
}

async function forget(deps: Deps, { user }: LoginContext, tokens: string[]): Promise<void> {
  await deps.devices.forgetTokens(user, tokens).catch((cause: unknown) => {
    deps.log.warn({ err: cause }, 'could not forget devices that are gone');
  });
}

/** The user need not wait for a code that will not come. */
function recordFailure(deps: Deps, context: LoginContext, codeId: string): Promise<LoginContext> {
  return updateChallenge(deps, context, ({ challenge: { code }, now }) =>
    // Where the provider has told of the call meanwhile, it was placed after all.
    code?.id === codeId && code.callId === null
      ? { code: { ...code, delivery: 'failed', resendAt: now } }
      : null,
  );
}
