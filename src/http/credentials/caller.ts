import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Caller } from '../../domain/audit/audit.ts';
import { Problem } from '../../domain/problems.ts';
import type { FactorCaller } from '../../domain/users/factor-access.ts';
import { OurId } from '../schemas/fields.ts';
import { ActorSchema, actorOf } from './actor.ts';
import { AddressSchema, addressOf } from './caller-address.ts';
import { clientOf } from './credentials.ts';

/** Headers about the person behind a call of a backend. */
export const CallerHeaders = Type.Object({
  'x-actor': Type.Optional(ActorSchema),
  'x-caller-address': Type.Optional(AddressSchema),
});

/** Headers of a call about one user. */
export const ActorHeaders = Type.Object({
  'x-actor': ActorSchema,
  'x-caller-address': Type.Optional(AddressSchema),
  'x-challenge-id': Type.Optional({
    ...OurId,
    examples: ['9a5b7c39-3a0f-4f0e-b1f2-6d1c0d9b8e11'],
    description:
      'A challenge of this user approved with a second factor at most 15 minutes ago: asked for ' +
      'by changes of factors.',
  }),
});

/** The caller, from the API key and the headers. */
export function callerOf(request: FastifyRequest): Caller & { client: string } {
  const { name, scopes } = clientOf(request);
  return {
    client: name,
    admin: scopes.includes('admin'),
    actor: actorOf(request),
    address: addressOf(request),
  };
}

/** For a call about one user, which has to name the person. */
export function factorCallerOf(request: FastifyRequest): FactorCaller & { client: string } {
  const caller = callerOf(request);
  if (caller.actor === null) throw new Problem('actor-not-owner');
  const challengeId = request.headers['x-challenge-id'];
  return { ...caller, challengeId: typeof challengeId === 'string' ? challengeId : null };
}
