import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import {
  ChallengeProblemSchema,
  describeProblems,
  ProblemSchema,
} from '../../src/http/problems/problem-schema.ts';
import type { App } from '../../src/http/route.ts';
import { ChallengeSchema } from '../../src/http/schemas/challenge-schema.ts';
import { addWebhooks } from './alerts.ts';
import { describeCredentials } from './credentials.ts';
import type { Document } from './document.ts';
import { addExamples } from './examples.ts';
import { addHeaders } from './headers.ts';
import { info, tags } from './information.ts';
import { completeOperations } from './operations.ts';
import { shareProblems } from './share-problems.ts';

/** Describes every route that is registered later. */
export async function describeApi(app: App): Promise<void> {
  app.addSchema(ChallengeSchema);
  app.addSchema(ProblemSchema);
  app.addSchema(ChallengeProblemSchema);
  describeProblems(app);
  const securitySchemes = describeCredentials(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      servers: [{ url: '/', description: 'This service.' }],
      tags,
      components: { securitySchemes },
    },
    transformObject: completed,
    refResolver: { buildLocalReference: (schema) => String(schema.$id) },
  });
}

/** What the schemas of the routes do not say. */
const completed: SwaggerTransformObject = (described) => {
  const found = 'openapiObject' in described ? described.openapiObject : described.swaggerObject;
  // A copy: schemas that routes share would change several times.
  const document: Document = JSON.parse(JSON.stringify(found));
  completeOperations(document);
  addHeaders(document);
  addExamples(document);
  shareProblems(document);
  addWebhooks(document);
  return document;
};
