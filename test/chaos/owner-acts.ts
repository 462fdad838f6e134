import { type Act, type AtScreen, atScreen, enrol, heard, press, type Stand } from './acts.ts';
import type { Screen } from './people.ts';

/** "It was not me", by the button of a push. */
async function deny(stand: Stand, screen: Screen): Promise<void> {
  const token = heard(stand, screen).findLast(({ denyToken }) => denyToken)?.denyToken;
  if (!token) return;
  const { person, id } = screen;
  const about = { op: 'deny' as const, userId: person.id, challengeId: id };
  const request = { ...about, method: 'POST', path: '/v1/challenge/deny', body: { token } };
  const answer = await stand.desk.call(request, stand.chances);
  // Nobody sends them a code now, until an administrator unlocks them.
  if (answer?.status === 204) person.locked = true;
}

const aFactor = ({ chances }: Stand, { person }: Screen) =>
  person.factorIds.length > 0 ? `/v1/challenge/factors/${chances.oneOf(person.factorIds)}` : null;

async function promote(stand: Stand, screen: Screen): Promise<void> {
  const path = aFactor(stand, screen);
  const body = { role: 'primary' };
  if (path) await press(stand, screen, { op: 'promote', method: 'PATCH', path, body });
}

async function remove(stand: Stand, screen: Screen): Promise<void> {
  const path = aFactor(stand, screen);
  if (path) await press(stand, screen, { op: 'remove', method: 'DELETE', path });
}

const makeRecoveryCodes: AtScreen = (stand, screen) => {
  const path = '/v1/challenge/recovery-codes';
  return press(stand, screen, { op: 'recovery-codes', method: 'POST', path, body: {} });
};

const lookAtDevices: AtScreen = (stand, screen) => {
  const method = stand.chances.happens(0.3) ? 'DELETE' : 'GET';
  return press(stand, screen, { op: 'devices', method, path: '/v1/challenge/known-devices' });
};

const finish: AtScreen = (stand, screen) =>
  press(stand, screen, { op: 'done', method: 'POST', path: '/v1/challenge/done', body: {} });

/** What owners do: deny a login of somebody else, and change their factors in an edit. */
export const ownerActs: Act[] = [
  atScreen('deny', 4, deny, 'verify'),
  atScreen('add', 3, enrol, 'edit'),
  atScreen('promote', 2, promote, 'edit'),
  atScreen('remove', 1, remove, 'edit'),
  atScreen('make recovery codes', 1, makeRecoveryCodes, 'edit'),
  atScreen('look at devices', 1, lookAtDevices, 'edit'),
  atScreen('finish', 3, finish, 'edit'),
];
