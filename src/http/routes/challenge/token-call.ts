/** What all calls of the holder of a challenge token have in common. */
export const tokenCall = { tags: ['Challenge'], security: [{ challengeToken: [] }] };
