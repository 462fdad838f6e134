export const usersUrl = '/v1/organizations/:organizationId/users';
export const userUrl = `${usersUrl}/:userId` as const;

/** Common to all calls about one user. */
export const userCall = { tags: ['Users'], security: [{ apiKey: [] }] };
