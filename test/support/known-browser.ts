import { enrolled, type Service } from './service.ts';

type Person = Awaited<ReturnType<typeof enrolled>>;
type Login = Parameters<Person['signIn']>[0];
type Screen = Awaited<ReturnType<Person['signIn']>>;

/** A browser that keeps the token of a known device, as a panel's cookie does. */
export function browserOf(service: Service, user: Person, token: string | null = null) {
  const jar = { token };
  const signIn = (login: Login = {}, request?: Parameters<Person['signIn']>[1]) =>
    user.signIn({ ...(jar.token && { knownDevice: jar.token }), ...login }, request);
  /** Redeems the result of an approved challenge, and keeps the token that comes with it. */
  const redeem = async (result: string, body: object = {}) => {
    const answer = await service.call('POST', '/v1/results/redeem', {
      bearer: service.keys.panel,
      body: { token: result, ...body },
    });
    jar.token = answer.body.knownDevice?.token ?? jar.token;
    return answer;
  };
  return {
    jar,
    signIn,
    redeem,
    /** Enters the right code on a screen. Answers the redemption. */
    async finish(screen: Screen, body: object = {}) {
      const { result, ...rest } = (await screen.enter(user.heard())).body;
      if (!result) throw new Error(JSON.stringify(rest));
      return redeem(result.token, body);
    },
    /** Another browser with the same token. */
    copy: () => browserOf(service, user, jar.token),
  };
}

export type Browser = ReturnType<typeof browserOf>;

/** Someone with a phone, and a browser of theirs that is remembered. */
export async function onKnownDevice(service: Service, login: object = {}) {
  const user = await enrolled(service, login);
  return { user, browser: await remembered(service, user) };
}

/** A new browser of someone, which they have remembered. */
export async function remembered(service: Service, user: Person): Promise<Browser> {
  const browser = browserOf(service, user);
  const answer = await browser.finish(await browser.signIn(), { rememberDevice: true });
  if (!answer.body.knownDevice) throw new Error(JSON.stringify(answer.body));
  return browser;
}
