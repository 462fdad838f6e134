import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../domain/problems.ts';
import { second } from '../../domain/time.ts';
import { fieldsOf, note, reasonOf } from '../request-log.ts';
import type { ChallengeBody } from '../schemas/challenge-schema.ts';
import { answerHeaders } from '../security-headers.ts';
import type { ProblemBody } from './problem-schema.ts';
import { invalidRequest } from './validation.ts';

/** The challenge of the request's token as it is now. Null when there is none to show. */
export type ProblemChallenge = (request: FastifyRequest) => Promise<ChallengeBody | null>;

/** Turns every error, the framework's too, into a problem. */
export function handleErrors(
  app: FastifyInstance,
  challengeFor: ProblemChallenge = async () => null,
): void {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const problem = toProblem(error);
    logProblem(request, problem);
    const challenge = problem.kind.status < 500 || problem.kind.status === 502;
    return sendProblem(request, reply, problem, challenge ? await challengeFor(request) : null);
  });
}

export function handleUnknown(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new Problem('not-found');
  });
}

/** For errors before routing, where no hook runs and no challenge is known. */
export function answerBadUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  reply.headers(answerHeaders).header('x-request-id', request.id);
  sendProblem(request, reply, toProblem(error), null);
}

const byFrameworkCode: Record<string, 'payload-too-large' | 'unsupported-media-type'> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
};

function toProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  if (error.validation) return invalidRequest(error.validation);
  const named = byFrameworkCode[error.code];
  if (named) return new Problem(named, { cause: error });
  const ours = (error.statusCode ?? 500) >= 500;
  if (ours) return new Problem('internal', { cause: error });
  const errors = [{ pointer: '', detail: 'cannot be read' }];
  return new Problem('invalid-request', { cause: error, errors });
}

/** Our error has its stack, a provider's failure one line. A store that is away is logged once, not per request. */
function logProblem(request: FastifyRequest, { kind, extra, cause }: Problem): void {
  note(request, { problem: kind.name });
  if (kind.status < 500) return;
  const why =
    kind.name === 'internal'
      ? { err: cause }
      : { reason: extra.detail ?? (cause && reasonOf(cause)) };
  const level = kind.name === 'unavailable' ? 'debug' : 'error';
  request.log[level]({ ...fieldsOf(request), ...why }, 'answered a problem');
}

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, extra }: Problem,
  challenge: ChallengeBody | null,
) {
  const { retryAfterMs, detail = kind.remedy, errors, attemptsRemaining } = extra;
  const body: ProblemBody = {
    type: `/problems/${kind.name}`,
    title: kind.title,
    status: kind.status,
    detail,
    instance: request.id,
    ...(errors && { errors }),
    ...(attemptsRemaining !== undefined && { attemptsRemaining }),
    ...(challenge && { challenge }),
  };
  const waits = retryAfterMs !== undefined || kind.status === 429 || kind.status === 503;
  if (waits) reply.header('retry-after', Math.ceil((retryAfterMs ?? second) / second));
  if (kind.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply.code(kind.status).type('application/problem+json').send(body);
}
