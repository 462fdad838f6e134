import Type from 'typebox';
import { OurId } from '../../schemas/fields.ts';

export const testChallengeUrl = '/v1/test/challenges/:id';

/** Common to all calls that exist in test mode alone. */
export const testCall = {
  tags: ['Test mode'],
  security: [{ apiKey: [] }],
  params: Type.Object({ id: OurId }),
};
