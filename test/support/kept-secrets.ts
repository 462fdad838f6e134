import { enrolled, type Service, somebody } from './service.ts';

type KeptSecrets = ReturnType<typeof keepSecrets>;

/** What nobody may be told: the secrets of the logins of a test, and what each is. */
export function keepSecrets() {
  const secrets = new Map<string, string>();
  return {
    keep(what: string, value: unknown): void {
      if (typeof value !== 'string' || value === '') throw new Error(`no ${what}`);
      secrets.set(value, what);
    },
    /** What the secrets are that a text tells. */
    toldBy: (text: string): string[] =>
      [...secrets].filter(([value]) => tells(text, value)).map(([, what]) => what),
  };
}

/** What follows the id of an API key. It may contain what separates them. */
export function secretOf(apiKey: string): string {
  return apiKey.split('_').slice(2).join('_');
}

function tells(text: string, value: string): boolean {
  return new RegExp(`(?<!\\w)${value}(?!\\w)`).test(text);
}

/** What fails has errors, and their messages tell much. Answers whose login failed. */
export async function failToLogIn(service: Service, { keep }: KeptSecrets) {
  const user = await enrolled(service);
  keep('another phone number', user.phone.slice(1));
  for (const failure of [400, 500, 'drop'] as const) {
    service.twilio.answerWith(failure);
    await user.signIn();
    keep(`code that met ${failure}`, user.heard());
  }
  service.twilio.answerWith('success');
  const mistyped = '+316999999990000';
  keep('mistyped number', mistyped.slice(1));
  await (await somebody(service).signIn()).addPhone(mistyped);
  const bearer = 'dck_0123456789abcdef_0000000000000000000000000000000000000000000';
  keep('key that is none', bearer);
  await service.call('POST', '/v1/challenges', { bearer, body: { code: 'x' } });
  keep('token in an address', 'in-the-address');
  const url = '/v1/challenge/verify?token=in-the-address';
  await service.call('POST', url, { bearer: 'not.a.token', body: {} });
  return user;
}
