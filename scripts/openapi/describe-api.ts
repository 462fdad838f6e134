import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import { describeProblems, ProblemSchema } from '../../src/http/problems/problem-schema.ts';
import type { App } from '../../src/http/route.ts';
import { ChallengeSchema } from '../../src/http/schemas/challenge-schema.ts';

const description = `The second step of a login. After name and password, a backend starts a
challenge; the holder of its token enters the code; the backend redeems the result.

Every error is a problem (RFC 9457) of one of the types at [/problems](/problems). A problem that
answers a valid challenge token also carries \`challenge\`, as it now stands. Unknown fields are
refused. Any address may answer \`invalid-request\` (it cannot be read), \`method-not-allowed\`,
\`payload-too-large\` (over 16 KiB) or \`unsupported-media-type\` (JSON alone). Values that are shown as examples of a text may grow: treat
an unknown one as the general case.`;

/** Describes every route that is registered later. */
export async function describeApi(app: App): Promise<void> {
  app.addSchema(ChallengeSchema);
  app.addSchema(ProblemSchema);
  describeProblems(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Doublecheck', version: '1.0.0', description },
      tags: [
        { name: 'Challenges', description: 'For backends: begin and end.' },
        { name: 'Challenge', description: 'For the holder of a challenge token.' },
        { name: 'Organizations', description: 'Policies, by an administrator.' },
        { name: 'Users', description: 'Their factors and devices, and what happened.' },
        { name: 'Operation', description: 'For those who run it.' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'The API key of a client.' },
          challengeToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        },
      },
    },
    transformObject: withOptionalBodies,
    refResolver: { buildLocalReference: (schema) => String(schema.$id) },
  });
}

type Operation = { requestBody?: { required: boolean; content: Content } };
type Content = Record<string, { schema?: { required?: string[]; minProperties?: number } }>;

/** A missing body counts as an empty object, so a body without required fields is optional. */
const withOptionalBodies: SwaggerTransformObject = (described) => {
  const document = 'openapiObject' in described ? described.openapiObject : described.swaggerObject;
  const operations = Object.values(document.paths ?? {}).flatMap((path) =>
    Object.values(path ?? {}),
  );
  for (const { requestBody } of operations as Operation[]) {
    if (!requestBody) continue;
    const schemas = Object.values(requestBody.content).map(({ schema }) => schema);
    requestBody.required = schemas.some(
      (schema) => Boolean(schema?.required?.length) || Boolean(schema?.minProperties),
    );
  }
  return document;
};
