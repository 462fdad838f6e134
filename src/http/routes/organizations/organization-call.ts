import Type from 'typebox';
import { oneOf } from '../../schemas/fields.ts';

export const organizationUrl = '/v1/organizations/:organizationId';

/** Common to all calls about an organization. */
export const organizationCall = { tags: ['Organizations'], security: [{ apiKey: [] }] };

/** Query parameters of a change. Their values are texts. */
export const DryRunQuery = Type.Object(
  {
    dryRun: Type.Optional(
      oneOf(['true', 'false'], {
        description: 'Change nothing, and answer how many users it would concern.',
        examples: ['true'],
      }),
    ),
  },
  { additionalProperties: false },
);
