import type { Document, Parameter, Response, Schema } from './document.ts';
import { operationsOf } from './document.ts';

/** Words for answers that have none of their own. */
const byStatus: Record<string, string> = {
  200: 'As it now is.',
  201: 'It was made.',
  202: 'A code is on its way.',
  204: 'Done. There is no body.',
};

export function completeOperations(document: Document): void {
  for (const { operation } of operationsOf(document.paths)) {
    const { parameters = [], requestBody, responses, security = [] } = operation;
    for (const one of parameters) if (!one.required) suggestOnly(one);
    if (requestBody) {
      const schemas = Object.values(requestBody.content).map(({ schema }) => schema);
      requestBody.required = schemas.some(needsSomething);
      for (const schema of schemas) dropDiscriminator(schema);
    }
    for (const [status, response] of Object.entries(responses)) nameResponse(status, response);
    if (security.some((one) => 'challengeToken' in one)) showChallenges(responses);
  }
}

/** The API page would send the example of a parameter that may be left out. */
function suggestOnly(parameter: Parameter): void {
  const { example, examples = {} } = parameter;
  const values = Object.values(examples).map((one) => ('value' in one ? one.value : undefined));
  if (example !== undefined) values.push(example);
  if (values.length > 0) parameter.schema.examples = values;
  delete parameter.example;
  delete parameter.examples;
}

/** A missing body counts as an empty object. */
function needsSomething(schema?: Schema): boolean {
  return Boolean(schema?.required?.length) || Boolean(schema?.minProperties);
}

/** In OpenAPI it chooses among named schemas only. The `const` of each alternative says as much. */
function dropDiscriminator(schema?: Schema): void {
  delete schema?.discriminator;
}

/** A problem that answers a challenge token also carries the challenge. */
function showChallenges(responses: Record<string, Response>): void {
  for (const { content = {} } of Object.values(responses)) {
    const problem = content['application/problem+json'];
    if (problem) problem.schema = { $ref: '#/components/schemas/ChallengeProblem' };
  }
}

function nameResponse(status: string, response: Response): void {
  if (response.description !== 'Default Response') return;
  response.description = byStatus[status] ?? response.description;
}
