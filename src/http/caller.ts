import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Caller } from '../domain/audit/audit.ts';
import { Problem } from '../domain/problems.ts';
import type { FactorCaller } from '../domain/users/factor-access.ts';
import { clientOf } from './credentials.ts';

const Address = Type.Unsafe<string>({
  anyOf: [
    { type: 'string', format: 'ipv4' },
    { type: 'string', format: 'ipv6' },
  ],
  description: 'The network address of the person, for the audit trail.',
});

const Actor = Type.String({
  minLength: 1,
  maxLength: 512,
  description: 'The user id of the person really at the keyboard.',
});

/** What any call of a backend may tell about the person behind it. */
export const CallerHeaders = Type.Object({
  'x-actor': Type.Optional(Actor),
  'x-caller-address': Type.Optional(Address),
});

/** What every call about one user has to tell. */
export const ActorHeaders = Type.Object({
  'x-actor': Actor,
  'x-caller-address': Type.Optional(Address),
  'x-challenge-id': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'A challenge of this user approved with a second factor at most 15 minutes ago: asked for ' +
        'by changes of factors.',
    }),
  ),
});

/** Who asks, as the client tells. */
export function callerOf(request: FastifyRequest): Caller {
  const { name, scopes } = clientOf(request);
  return {
    client: name,
    admin: scopes.includes('admin'),
    actor: headerOf(request, 'x-actor'),
    address: headerOf(request, 'x-caller-address'),
  };
}

/** The same on a call about one user, where the person has to be named. */
export function factorCallerOf(request: FastifyRequest): FactorCaller {
  const caller = callerOf(request);
  if (caller.actor === null) throw new Problem('actor-not-owner');
  return { ...caller, challengeId: headerOf(request, 'x-challenge-id') };
}

/** Node reads headers as Latin-1; an id with other letters was sent as UTF-8. */
function headerOf({ headers }: FastifyRequest, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : null;
}
