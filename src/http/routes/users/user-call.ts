export const usersUrl = '/v1/organizations/:organizationId/users';
export const userUrl = `${usersUrl}/:userId` as const;

/** What all calls about one user have in common. */
export const userCall = { tags: ['Users'], security: [{ apiKey: [] }] };
