/** What happened is kept, comes back newest first, and goes when its time is over. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { allEvents } from '../../src/domain/audit/all-events.ts';
import type { AuditEvent } from '../../src/domain/audit/audit.ts';
import type { UserKey } from '../../src/domain/people.ts';
import { databases, useDatabase } from '../support/directories.ts';
import { anEvent, someone } from '../support/people.ts';

const aDay = 86_400_000;

describe.each(databases)('the audit trail on %s', (_name, open) => {
  const { database, trail } = useDatabase(open);

  const list = ({ organizationId }: UserKey, given: object = {}) =>
    trail.list({ organizationId, userId: null, before: null, limit: 100, ...given });

  async function recordMany(user: UserKey, howMany: number) {
    for (let n = 0; n < howMany; n += 1) await trail.record(anEvent(user, { details: { n } }));
  }

  const older = ({ organizationId }: UserKey, days: number) =>
    database.prisma.event.updateMany({
      where: { organizationId },
      data: { at: new Date(Date.now() - days * aDay) },
    });

  test('has an event as it was recorded, with the time of it', async () => {
    const user = someone();
    const details = { method: 'call', hint: '316*****78', 'é"\\': null, attempts: 3, right: false };
    const event = anEvent(user, { type: 'code.wrong', actor: 'admin', details });
    await trail.record(event);
    const [recorded] = await list(user);
    expect(recorded).toEqual({ ...event, id: expect.any(String), at: expect.any(Date) });
    expect(Math.abs(Number(recorded?.at) - Date.now())).toBeLessThan(60_000);
  });

  test('has an event of one type once for each subject, however often it is recorded', async () => {
    const user = someone();
    const [first, second] = [randomUUID(), randomUUID()];
    const sent = anEvent(user, { type: 'code.sent' });
    for (const subject of [first, first, second]) await trail.record(sent, subject);
    await trail.record(anEvent(user, { type: 'code.failed' }), first);
    const types = (await list(user)).map(({ type }) => type);
    expect(types).toEqual(['code.failed', 'code.sent', 'code.sent']);
  });

  test('takes an event of no organization, of which nothing is known', async () => {
    const nothing = Object.fromEntries(
      ['userId', 'actor', 'client', 'app', 'appVersion', 'challengeId', 'address'].map((name) => [
        name,
        null,
      ]),
    ) as Partial<AuditEvent>;
    const event = anEvent(someone(), { ...nothing, type: 'client.created', organizationId: null });
    await trail.record(event);
    const where = { organizationId: null, type: 'client.created' };
    expect(await database.prisma.event.findFirst({ where })).toMatchObject(event);
  });

  test('lists newest first, of one organization, of one user', async () => {
    const user = someone();
    const colleague = { ...user, userId: '43' };
    await recordMany(user, 3);
    await trail.record(anEvent(colleague, { actor: user.userId }));
    await recordMany({ ...user, organizationId: someone().organizationId }, 1);
    expect((await list(user)).map(({ userId }) => userId)).toEqual(['43', '42', '42', '42']);
    const own = await list(user, { userId: '42' });
    expect(own.map(({ details }) => details['n'])).toEqual([2, 1, 0]);
    expect(await list(user, { userId: 'nobody' })).toEqual([]);
  });

  test('goes on where a page ended, also when more has happened since', async () => {
    const user = someone();
    await recordMany(user, 5);
    const first = await list(user, { limit: 2 });
    await recordMany(user, 1);
    const second = await list(user, { limit: 2, before: first.at(-1)?.id });
    const third = await list(user, { limit: 2, before: second.at(-1)?.id, userId: '42' });
    const pages = [first, second, third].map((page) => page.map(({ details }) => details['n']));
    expect(pages).toEqual([[4, 3], [2, 1], [0]]);
    expect(await list(user, { before: third.at(-1)?.id })).toEqual([]);
  });

  test('has nothing before an event that cannot be', async () => {
    const user = someone();
    await recordMany(user, 1);
    for (const before of ['', 'x', '-1', '1.5', '9'.repeat(30), '1 OR 1=1']) {
      expect(await list(user, { before })).toEqual([]);
    }
  });

  test('can be read to its end, past the size of a page', async () => {
    const user = someone();
    const { organizationId, userId } = user;
    await database.prisma.$executeRaw`
      INSERT INTO events (type, organization_id, user_id, details)
      SELECT 'code.sent', ${organizationId}, ${userId}, json_build_object('n', n)
      FROM generate_series(1, 1200) n`;
    const numbers: unknown[] = [];
    for await (const { details } of allEvents(trail, { organizationId, userId })) {
      numbers.push(details['n']);
    }
    expect(numbers).toEqual(Array.from({ length: 1_200 }, (_, index) => 1_200 - index));
  });

  test('loses what is older than asked for, however much, and nothing else', async () => {
    const [old, recent] = [someone(), someone()];
    await database.prisma.$executeRaw`
      INSERT INTO events (type, organization_id, details)
      SELECT 'code.sent', ${old.organizationId}, '{}' FROM generate_series(1, 12000)`;
    await older(old, 31);
    await recordMany(recent, 2);
    await older(recent, 29);
    await Promise.all([1, 2].map(() => trail.prune(new Date(Date.now() - 30 * aDay))));
    expect(await list(old)).toEqual([]);
    expect(await list(recent)).toHaveLength(2);
  });
});
