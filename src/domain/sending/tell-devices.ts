import type { User } from '../people.ts';
import { organizationDefaults } from '../policy.ts';
import type { Deps, Notice } from '../ports.ts';

/**
 * Tells the devices that a user had before a change what changed, so that whoever did not do it
 * himself hears of it. Nobody waits for it, and it may fail: the trail and the webhooks have it too.
 */
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
