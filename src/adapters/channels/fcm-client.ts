import { randomUUID } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import type { Messaging } from 'firebase-admin/messaging';
import { ProviderAgent } from './provider-agent.ts';
import { withinLimit } from './provider-call.ts';
import type { ServiceAccount } from './service-account.ts';

const host = 'fcm.googleapis.com';
const scopes = ['https://www.googleapis.com/auth/firebase.messaging'];

/** The SDK takes 0.2 s to load: see `Channel.prepare`. */
export async function loadFcm(
  account: ServiceAccount,
  limitMs: number,
  connection?: AgentOptions,
): Promise<Messaging> {
  const [{ initializeApp }, { getMessaging }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/messaging'),
    import('google-auth-library'),
  ]);
  // The SDK retries after a 503 or a lost connection. The agent blocks that.
  const httpAgent = new ProviderAgent(host, connection);
  const fetchToken = googleToken(account, httpAgent);
  // The SDK caches the token and shares the request for it. Its own credential would also share a
  // request that keeps failing: this one ends before its delivery does.
  const credential = { getAccessToken: () => withinLimit(limitMs / 2, fetchToken) };
  return getMessaging(
    initializeApp({ credential, projectId: account.projectId, httpAgent }, randomUUID()),
  );
}

/** Asks Google for a token of the account. */
export function googleToken(
  { email, key }: ServiceAccount,
  agent = new ProviderAgent(host, undefined),
): () => Promise<{ access_token: string; expires_in: number }> {
  return async () => {
    const { JWT } = await import('google-auth-library');
    const client = new JWT({ email, key, scopes, transporterOptions: { agent } });
    const { access_token, expiry_date } = await client.authorize();
    if (!access_token || !expiry_date) throw new TypeError('not an access token');
    return { access_token, expires_in: Math.floor((expiry_date - Date.now()) / 1000) };
  };
}
