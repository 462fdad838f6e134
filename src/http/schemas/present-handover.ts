import type { Challenge, LoginContext } from '../../domain/challenge/challenge.ts';
import { shownName } from '../../domain/mode.ts';
import type { ChallengeBody } from './challenge-schema.ts';
import { type Presenter, presentChallenge, presentResult } from './present-challenge.ts';

/** Who hears more of a challenge than the holder of its token. */

/** Also contains the token. For the backend that starts a challenge. */
export function presentWithToken(presenter: Presenter, context: LoginContext): ChallengeBody {
  const challengeToken = presenter.tokens.signChallenge(context.challenge);
  return { ...presentChallenge(presenter, context), challengeToken };
}

/** The same for a login, with the page. An approval at once needs no page: the backend has the result. */
export function presentStarted(presenter: Presenter, context: LoginContext): ChallengeBody {
  const { challenge } = context;
  const body = presentWithToken(presenter, context);
  if (challenge.returnUrl === null) return body;
  const approved = challenge.outcome === 'approved';
  const pageUrl = approved ? null : pageUrlOf(presenter, challenge, body.challengeToken);
  return { ...body, pageUrl, result: presentResult(context, presenter.tokens) };
}

/** For the call that may have approved it: only its answer leads back with the proof. */
export function presentToApprover(presenter: Presenter, context: LoginContext): ChallengeBody {
  const { id, outcome, returnUrl } = context.challenge;
  const body = presentChallenge(presenter, context);
  if (returnUrl === null || outcome !== 'approved') return body;
  return {
    ...body,
    returnTo: withQuery(returnUrl, { challenge: id, proof: presenter.proofs.make(id) }),
  };
}

/** For the client that started it. With a `returnUrl`, only the right proof shows the result. */
export function presentToBackend(
  presenter: Presenter,
  context: LoginContext,
  proof: string | undefined,
): ChallengeBody {
  const body = presentChallenge(presenter, context);
  const proved = proof !== undefined && presenter.proofs.matches(context.challenge.id, proof);
  return proved ? { ...body, result: presentResult(context, presenter.tokens) } : body;
}

/** The fragment of an address reaches no server and no log. */
function pageUrlOf({ publicUrl }: Presenter, { client, language }: Challenge, token = ''): string {
  const page = `${publicUrl}/2fa/${shownName(client)}`;
  return `${withQuery(page, { lang: baseOf(language) })}#${token}`;
}

const baseOf = (language: string) => language.replace(/-.*/, '').toLowerCase();

/** Leaves the address as it is: a backend may compare it. */
function withQuery(url: string, fields: Record<string, string>): string {
  return `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(fields)}`;
}
