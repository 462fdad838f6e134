/** Packages that are loaded when production needs them. They stay beside the bundle, as published. */
export const onDemand = [
  'twilio',
  'firebase-admin',
  'google-auth-library',
  '@fastify/swagger',
  '@fastify/swagger-ui',
];

/** Packages that production refuses: the bundle does not have them, and the image neither. */
export const onlyForTrying = ['@electric-sql/pglite', 'pglite-prisma-adapter', 'pino-pretty'];
