import { atScreen, enrolled, type Service, somebody } from './service.ts';

export type Visit = {
  userId: string;
  organizationId?: string;
  /** The person at the keyboard: by default the user. Null names nobody. */
  actor?: string | null;
  challengeId?: string | null;
  bearer?: string;
  address?: string;
};

export type Page = ReturnType<typeof atSettings>;

/** The page "Bewerk 2FA" of a user, as the panel's backend asks for it. */
export function atSettings(service: Service, visit: Visit) {
  const { userId, organizationId = 'acme', actor = userId, challengeId, address } = visit;
  const url = `/v1/organizations/${organizationId}/users/${encodeURIComponent(userId)}`;
  const headers = {
    ...(actor !== null && { 'x-actor': actor }),
    ...(challengeId && { 'x-challenge-id': challengeId }),
    ...(address && { 'x-caller-address': address }),
  };
  const { bearer = service.keys.users } = visit;
  const call = (method: string, path: string, body?: object) =>
    service.call(method, url + path, { bearer, headers, body });
  return {
    visit,
    read: () => call('GET', ''),
    /** The users of the organization; for administrators. */
    all: (query = '') =>
      service.call('GET', `/v1/organizations/${organizationId}/users${query}`, { bearer, headers }),
    setPolicy: (policy: string | null) => call('PATCH', '', { policy }),
    erase: () => call('DELETE', ''),
    passwordChanged: () => call('POST', '/password-changed', {}),
    unlock: () => call('POST', '/unlock', {}),
    makePass: (validMinutes?: number) => call('POST', '/passes', { validMinutes }),
    endPass: () => call('DELETE', '/passes'),
    makeCodes: () => call('POST', '/recovery-codes', {}),
    forgetKnown: (id?: string) => call('DELETE', id ? `/known-devices/${id}` : '/known-devices'),
    list: () => call('GET', '/factors'),
    add: (phoneNumber: string) => call('POST', '/factors', { method: 'call', phoneNumber }),
    addPush: () => call('POST', '/factors', { method: 'push' }),
    promote: (id: string, role = 'primary') => call('PATCH', `/factors/${id}`, { role }),
    remove: (id: string) => call('DELETE', `/factors/${id}`),
    reset: () => call('DELETE', '/factors'),
    refresh: (device: string, pushToken: string, previousPushToken?: string) =>
      call('PUT', `/devices/${device}`, { platform: 'android', pushToken, previousPushToken }),
    forget: (device: string) => call('DELETE', `/devices/${device}`),
    /** The phone numbers in the list, by role. */
    async numbers(): Promise<{ primary?: string; secondary: string[] }> {
      const { items } = (await call('GET', '/factors')).body;
      const of = (role: string): string[] =>
        items
          .filter((item: { role: string }) => item.role === role)
          .map(({ phoneNumber }: { phoneNumber: string }) => phoneNumber);
      const [primary] = of('primary');
      return { ...(primary && { primary }), secondary: of('secondary') };
    },
    /** The id of the factor of a number. */
    async idOf(phoneNumber: string): Promise<string> {
      const { items } = (await call('GET', '/factors')).body;
      return items.find((item: { phoneNumber: string }) => item.phoneNumber === phoneNumber).id;
    },
  };
}

type Person = Awaited<ReturnType<typeof enrolled>>;

/** Enters the code of a challenge. Returns the id of the challenge that it proved. */
export async function prove(user: Person, login: object = { purpose: 'step-up' }): Promise<string> {
  const screen = await user.signIn(login);
  const { body } = await screen.enter(user.heard());
  if (body.status !== 'approved') throw new Error(JSON.stringify(body));
  return body.id;
}

/** A user with one phone and a fresh second factor, at their settings. */
export async function owner(service: Service, organizationId = 'acme') {
  const user = await enrolled(service, { organizationId });
  const challengeId = await prove(user);
  const { userId } = user;
  const page = atSettings(service, { userId, organizationId, challengeId });
  return { user, page, challengeId };
}

/** Adds a phone and enters the code that was read out to it. */
export async function addConfirmed(service: Service, page: Page, phone: string): Promise<void> {
  const screen = atScreen(service, await page.add(phone));
  const { body } = await screen.enter(service.twilio.codeFor(phone));
  if (body.status !== 'approved') throw new Error(JSON.stringify(body));
}

/** An owner with a second phone, which they just added. */
export async function withBackup(service: Service, organizationId?: string) {
  const { user, page, challengeId } = await owner(service, organizationId);
  const backup = somebody(service).phone;
  await addConfirmed(service, page, backup);
  return { user, page, challengeId, backup };
}
