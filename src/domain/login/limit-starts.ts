import { randomUUID } from 'node:crypto';
import type { UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { minute } from '../time.ts';

/** Each start writes an audit entry, so this bounds those too. @throws Problem `too-many-requests`. */
export async function limitStarts(
  { quotas, settings, fingerprint }: Pick<Deps, 'quotas' | 'settings' | 'fingerprint'>,
  { organizationId, userId }: UserKey,
): Promise<void> {
  const subject = fingerprint(`${organizationId}\0${userId}`);
  const windows = [{ limit: settings.startsPerMinute, windowMs: minute }];
  const waitMs = await quotas.take([{ name: 'starts', subject, windows }], randomUUID());
  if (waitMs !== null) throw new Problem('too-many-requests', { retryAfterMs: waitMs });
}
