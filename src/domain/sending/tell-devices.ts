import { deviceHint } from '../factors/push.ts';
import type { Device, User } from '../people.ts';
import { organizationDefaults } from '../policy.ts';
import type { Deps, DeviceChange, Notice } from '../ports.ts';

/** In the background. It may fail: the trail and the webhooks have the change too. */
export function tellDevices(
  { channels, log }: Pick<Deps, 'channels' | 'log'>,
  { organization, devices }: User,
  news: Pick<Notice, 'about' | 'hint'>,
): void {
  if (devices.length === 0) return;
  const language = organization?.language ?? organizationDefaults.language;
  for (const { notify, provider } of channels.values())
    notify?.({ ...news, language, devices }).catch((err: unknown) => {
      log.warn({ err, provider }, 'the devices could not be told of a change');
    });
}

export type Alarm = 'guesses.alarming' | 'user.careful' | 'user.locked';

const alarmNotices = {
  'guesses.alarming': 'guesses-alarming',
  'user.careful': 'user-careful',
  'user.locked': 'user-locked',
} as const;

export function tellOfAlarm(deps: Pick<Deps, 'channels' | 'log'>, user: User, alarm: Alarm): void {
  tellDevices(deps, user, { about: alarmNotices[alarm], hint: '' });
}

const deviceNotices = {
  added: 'device-added',
  refreshed: 'device-refreshed',
  waiting: 'device-waiting',
} as const;

/** Notifies the other devices of one that was added or has a new push token. */
export function tellOfDevice(
  deps: Pick<Deps, 'channels' | 'log'>,
  user: User,
  { id, platform }: Pick<Device, 'id' | 'platform'>,
  change: DeviceChange,
): void {
  if (change === 'unchanged') return;
  // A waiting token may be an attacker's: notify the device itself too.
  const devices = user.devices.filter((one) => change === 'waiting' || one.id !== id);
  tellDevices(
    deps,
    { ...user, devices },
    { about: deviceNotices[change], hint: deviceHint(platform) },
  );
}
