import { inChallenge } from './audit.ts';
import type { Code, Situation, Target } from './challenge.ts';
import { hangUp } from './hang-up.ts';
import { refOf, settle } from './open-challenge.ts';
import { organizationDefaults } from './policy.ts';
import type { CodeMessage, Delivery, Deps, Device } from './ports.ts';
import { Problem } from './problems.ts';

/** A device that is being enrolled gets the code alone: it is the one to be proved. */
export function devicesFor({ challenge, user }: Situation, target: Target): Device[] {
  const enrolling = challenge.pending?.id === target.id && challenge.device;
  return enrolling ? [enrolling] : user.devices;
}

/** Has the code in play delivered, once, and notes how that went. */
export async function deliverCode(
  deps: Deps,
  situation: Situation,
  digits: string,
): Promise<Situation> {
  const { code } = situation.challenge;
  if (!code) throw new Error('no code to deliver');
  const channel = deps.channels.get(code.method);
  const message = messageFor(situation, code, digits);
  const outcome: Delivery = channel ? await channel.deliver(message) : { delivery: 'failed' };
  const provider = channel?.provider ?? null;
  await recordSent(deps, situation, code, { provider, delivery: outcome.delivery });
  if (outcome.goneTokens?.length) await forget(deps, situation, outcome.goneTokens);
  return outcome.delivery === 'accepted'
    ? noteCall(deps, situation, code, outcome.callId)
    : recordFailure(deps, situation, code.id);
}

/** By its name the call can be followed, and ended. */
async function noteCall(
  deps: Deps,
  situation: Situation,
  { id, method }: Code,
  callId: string | undefined,
): Promise<Situation> {
  if (callId === undefined) return situation;
  const noted = await settle(deps, situation, ({ challenge: { code } }) =>
    code?.id === id && code.callId === null ? { code: { ...code, callId } } : null,
  ).catch((error: unknown) => {
    // Forgotten while the call was placed: whoever opens it next hears so.
    if (!Problem.is(error, 'challenge-expired')) throw error;
    return null;
  });
  const superseded = noted?.challenge.code?.id !== id;
  if (superseded) hangUp(deps, { method, callId, delivery: 'accepted' });
  return noted ?? situation;
}

function messageFor(situation: Situation, code: Code, digits: string): CodeMessage {
  const { challenge, user } = situation;
  const target = [...user.factors, challenge.pending].find((one) => one?.id === code.factorId);
  if (!target) throw new Error('a code without its factor');
  return {
    ref: { challenge: refOf(challenge), codeId: code.id },
    code: digits,
    expiresAt: new Date(code.expiresAt),
    language: challenge.language,
    voiceLanguage: user.organization?.language ?? organizationDefaults.language,
    address: target.address,
    devices: devicesFor(situation, target),
  };
}

async function recordSent(
  deps: Deps,
  { challenge }: Situation,
  { method, hint }: Code,
  sending: { provider: string | null; delivery: Delivery['delivery'] },
): Promise<void> {
  const type = sending.delivery === 'accepted' ? 'code.sent' : 'code.failed';
  await deps.trail.record(inChallenge(challenge, type, { method, hint, ...sending }));
  deps.log.info({ challengeId: challenge.id, method, ...sending }, 'code sent');
}

async function forget(deps: Deps, { user }: Situation, tokens: string[]): Promise<void> {
  await deps.directory.forgetDevices(user, tokens).catch((cause: unknown) => {
    deps.log.warn({ err: cause }, 'could not forget devices that are gone');
  });
}

/** The user need not wait for a code that will not come. */
function recordFailure(deps: Deps, situation: Situation, codeId: string): Promise<Situation> {
  return settle(deps, situation, ({ challenge: { code }, now }) =>
    // Where the provider has told of the call meanwhile, it was placed after all.
    code?.id === codeId && code.callId === null
      ? { code: { ...code, delivery: 'failed', resendAt: now } }
      : null,
  );
}
