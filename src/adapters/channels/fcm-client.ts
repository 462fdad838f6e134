import { randomUUID } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import type { Messaging } from 'firebase-admin/messaging';
import { LimitedAgent, withinLimit } from './provider-call.ts';
import type { ServiceAccount } from './service-account.ts';

const host = 'fcm.googleapis.com';
const scopes = ['https://www.googleapis.com/auth/firebase.messaging'];

/** The SDK takes 0.2 s to load: begun at start without holding it up, done by the first push. */
export async function loadFcm(
  account: ServiceAccount,
  limitMs: number,
  connection?: AgentOptions,
): Promise<Messaging> {
  const [{ initializeApp }, { getMessaging }, { JWT }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/messaging'),
    import('google-auth-library'),
  ]);
  // The SDK asks again after a 503 or a lost connection: the agent lets that reach nobody.
  const httpAgent = new LimitedAgent(host, connection);
  const { projectId, email, key } = account;
  const fetchToken = async () => {
    const client = new JWT({ email, key, scopes, transporterOptions: { agent: httpAgent } });
    const { access_token, expiry_date } = await client.authorize();
    if (!access_token || !expiry_date) throw new TypeError('not an access token');
    return { access_token, expires_in: Math.floor((expiry_date - Date.now()) / 1000) };
  };
  // The SDK keeps the token, and has those who wait for one share the fetching. Its own credential
  // would also share, with whoever comes next, a fetching that goes on trying in vain: this one is
  // over before the delivery it is for.
  const credential = { getAccessToken: () => withinLimit(limitMs / 2, fetchToken) };
  return getMessaging(initializeApp({ credential, projectId, httpAgent }, randomUUID()));
}
