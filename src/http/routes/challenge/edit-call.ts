import Type from 'typebox';
import type { ProblemName } from '../../../domain/problems.ts';
import { OurId } from '../../schemas/fields.ts';

/** Common to the calls that only a challenge with purpose `edit` opens. */
export const editProblems = [
  'verification-required',
  'challenge-finished',
  'locked',
] as const satisfies ProblemName[];

export const OwnFactorParams = Type.Object({ factorId: OurId });
