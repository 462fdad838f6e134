import { randomBytes } from 'node:crypto';
import type { App } from '../http/route.ts';

/** The organization of `/try`. Its API key reaches no other. */
export const organizationId = 'try';

export type Login = { userId: string; app: 'company-panel' | 'qaller'; language: string };

/** Who is at the panel in one browser. */
export type PanelSession = Login & {
  /** The challenge that this browser has begun. */
  challengeId: string | null;
  /** The edit of the user's 2FA that this browser has begun. */
  editId: string | null;
  /** How the user proved who they are. Null until then. */
  amr: string[] | null;
  /** The token of a device that is to be remembered, on its way to the browser. */
  knownDevice: string | null;
};

const nobody = { challengeId: null, editId: null, amr: null, knownDevice: null };

/** What a backend does: it starts challenges, compares what comes back with its session, and redeems. */
export function panelBackend(app: App, apiKey: () => Promise<string>, returnUrl: string) {
  const sessions = new Map<string, PanelSession>();
  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body?: object,
    actor: object = {},
  ) => {
    const headers = { authorization: `Bearer ${await apiKey()}`, ...actor };
    const answer = await app.inject({ method, url, headers, ...(body && { payload: body }) });
    return { status: answer.statusCode, body: answer.json() };
  };
  const redeem = async (session: PanelSession, token: string) => {
    const { status, body } = await call('POST', '/v1/results/redeem', { token });
    const { cid, sub } = body;
    // A result counts only for the challenge and the user of this session.
    const ours = status === 200 && cid === session.challengeId && sub === session.userId;
    session.amr = ours ? body.amr : null;
    if (ours) session.knownDevice = body.knownDevice?.token ?? null;
    session.challengeId = null;
  };
  return {
    sessionOf: (id: string | undefined) => (id ? sessions.get(id) : undefined),

    /** @returns the id of the session, and where to send the browser: null when the user is in. */
    async logIn(
      { userId, app, language }: Login,
      knownDevice: string | undefined,
    ): Promise<{ id: string; pageUrl: string | null }> {
      const id = randomBytes(16).toString('base64url');
      const session: PanelSession = { ...nobody, userId, app, language };
      const { body } = await call('POST', '/v1/challenges', {
        organizationId,
        userId,
        app: { name: app, version: '3.2.0' },
        language,
        returnUrl,
        ...(app === 'qaller' && { device: deviceOf(userId) }),
        ...(knownDevice && { knownDevice }),
      });
      session.challengeId = body.id;
      sessions.set(id, session);
      if (body.result) await redeem(session, body.result.token);
      return { id, pageUrl: body.pageUrl };
    },

    /** "Bewerk 2FA". @returns where to send the browser: null when there is nothing to edit. */
    async edit(session: PanelSession): Promise<string | null> {
      const { userId, language } = session;
      const edit = { organizationId, userId, app: { name: 'company-panel' }, language, returnUrl };
      const actor = { 'x-actor': `UTF-8''${encodeURIComponent(userId)}` };
      const { body } = await call('POST', '/v1/challenges', { ...edit, purpose: 'edit' }, actor);
      session.editId = body.id ?? null;
      return body.pageUrl ?? null;
    },

    /** @returns whether the user has logged out on the page. */
    async endEdit(session: PanelSession): Promise<boolean> {
      const { body } = await call('GET', `/v1/challenges/${session.editId}`);
      session.editId = null;
      return body.endReason === 'user';
    },

    async comeBack(session: PanelSession, challengeId: string, proof: string): Promise<void> {
      if (challengeId !== session.challengeId || !proof) return;
      const query = new URLSearchParams({ proof });
      const { body } = await call('GET', `/v1/challenges/${challengeId}?${query}`);
      if (body.result) await redeem(session, body.result.token);
    },

    logOut: (id: string) => sessions.delete(id),
    setPolicy: (policy: string) =>
      call('PUT', `/v1/organizations/${organizationId}`, { policy, language: 'nl-NL' }),
    policy: async () =>
      (await call('GET', `/v1/organizations/${organizationId}`)).body.policy ?? 'off',
  };
}

/** The app of this user: its push messages appear at `/try`. */
function deviceOf(userId: string) {
  return { id: `try-${userId}`, platform: 'android', pushToken: `try-${userId}` };
}
