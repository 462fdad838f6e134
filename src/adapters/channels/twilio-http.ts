import type { IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import { type ParsedUrlQueryInput, stringify } from 'node:querystring';
import type { RequestClient } from 'twilio';

type Asked = Parameters<RequestClient['request']>[0];
type Answer = { statusCode: number; body: string; headers: IncomingMessage['headers'] };

const answerBytes = 64 * 1024;

/** Sends the forms of Twilio's SDK, each once. The SDK's own client needs several times the CPU. */
export function twilioHttp(agent: Agent): RequestClient {
  const client = {
    request: ({ method, uri, headers, username, password, data }: Asked) =>
      new Promise<Answer>((resolve, reject) => {
        const auth = `${username}:${password}`;
        request(uri, { method: method.toUpperCase(), headers, auth, agent })
          .once('response', (response) => readAnswer(response, resolve, reject))
          .on('error', reject)
          .end(stringify(data as ParsedUrlQueryInput));
      }),
  };
  // The SDK calls nothing else of its client.
  return client as Partial<RequestClient> as RequestClient;
}

function readAnswer(
  response: IncomingMessage,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): void {
  const { statusCode = 0, headers } = response;
  let body = '';
  response
    .setEncoding('utf8')
    .on('data', (part: string) => {
      body += part;
      if (body.length > answerBytes) response.destroy(new RangeError('The answer is too long'));
    })
    .once('end', () => resolve({ statusCode, body, headers }))
    .on('error', reject);
}
