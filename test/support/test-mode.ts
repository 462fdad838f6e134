import { atScreen } from './screens.ts';
import type { Answer, Request, Service } from './service.ts';

/** A number that answers by its last two digits. */
export const testNumber = (digits: number | string) =>
  `+999 000 000 ${String(digits).padStart(2, '0')}`;

/** What a backend with a test key does. */
export function testClient(service: Service) {
  const call = (method: string, url: string, request: Request = {}): Promise<Answer> =>
    service.call(method, url, { bearer: service.keys.test, ...request });
  const ofChallenge = (id: string) => ({
    code: (request?: Request) => call('GET', `/v1/test/challenges/${id}/code`, request),
    advance: (seconds: number, request?: Request) =>
      call('POST', `/v1/test/challenges/${id}/advance`, { body: { seconds }, ...request }),
  });
  const client = {
    call,
    ofChallenge,
    async signIn(body: object = {}, request: Request = {}) {
      const screen = atScreen(
        service,
        await service.start(body, { bearer: service.keys.test, ...request }),
      );
      const { code, advance } = ofChallenge(screen.challenge.id);
      const readCode = async (): Promise<string> => (await code()).body.code;
      return { ...screen, code, advance, readCode };
    },
    /** A test user with this number as primary, who declined a backup. */
    async enrol(userId: string, number: string) {
      const screen = await client.signIn({ userId });
      await screen.addPhone(number);
      await screen.enter(await screen.readCode());
      const { body } = await screen.skip();
      if (body.status !== 'approved') throw new Error(JSON.stringify(body));
      return body;
    },
    redeem: (token: string, request: Request = {}) =>
      call('POST', '/v1/results/redeem', { body: { token }, ...request }),
  };
  return client;
}
