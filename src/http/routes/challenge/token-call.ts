/** Common to all calls with a challenge token. */
export const tokenCall = { tags: ['Challenge'], security: [{ challengeToken: [] }] };
