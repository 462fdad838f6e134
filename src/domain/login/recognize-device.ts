import { type EntryFor, toUser } from '../audit/audit.ts';
import type { App } from '../challenge/app-version.ts';
import type { User, UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { deviceTokenHash } from '../secrets/device-token.ts';
import { tellDevices } from '../sending/tell-devices.ts';

export type RecognitionDeps = Pick<Deps, 'users' | 'knownDevices' | 'channels' | 'log'>;

type Presented = UserKey & {
  id: string;
  client: string;
  app: App;
  address: string | null;
  /** The token of a known device, as sent. Null without one. */
  knownDevice: string | null;
};

/** Loads the user, and recognizes the device. One that is not recognized is no error. */
export async function recognizeDevice(
  deps: RecognitionDeps,
  presented: Presented,
): Promise<{ user: User; deviceId: string | null }> {
  const { knownDevice } = presented;
  const hash = knownDevice === null ? null : deviceTokenHash(presented, knownDevice);
  if (!hash) return { user: await deps.users.load(presented), deviceId: null };
  const { user, deviceId, stolen } = await deps.knownDevices.recognize(presented, hash);
  if (stolen) await endStolen(deps, presented, user, hash);
  return { user, deviceId };
}

/** Two hold tokens of one device, and one of them is a thief. */
async function endStolen(
  deps: RecognitionDeps,
  presented: Presented,
  user: User,
  hash: string,
): Promise<void> {
  const device = await deps.knownDevices.endStolen(presented, hash, entryOf(presented));
  if (!device) return;
  deps.log.warn({ challengeId: presented.id }, 'a token of a known device was stolen');
  tellDevices(deps, user, { about: 'known-device-stolen', hint: device.app });
}

function entryOf({ id: challengeId, client, app, address, ...user }: Presented): EntryFor {
  const from = { client, app: app.name, appVersion: app.version ?? null, challengeId, address };
  return (type, details) => ({ ...toUser(user, type, details), ...from, actor: user.userId });
}
