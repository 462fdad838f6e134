/** Passes and recovery codes: each is good once, whatever fails or comes at once. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { UserKey } from '../../src/domain/people.ts';
import { databases, useDatabase, useReplicas } from '../support/directories.ts';
import { anEvent, confirmation, knownMember, someone } from '../support/people.ts';

const aPass = (hash = 'h', lifetimeMs = 60_000) => ({ hash, lifetimeMs });
const use = (hash: string, attemptId: string, kind: 'pass' | 'recovery-code' = 'pass') => ({
  kind,
  hash,
  attemptId,
});

describe.each(databases)('recovery secrets on %s', (_name, open) => {
  const { database, directory } = useDatabase(open);
  const secrets = () => directory.recoverySecrets;
  const entry = (user: UserKey) => anEvent(user, { type: 'pass.used' });
  const eventsOf = ({ organizationId }: UserKey, type: string) =>
    database.prisma.event.count({ where: { organizationId, type } });

  const enrolledMember = async () => {
    const user = await knownMember(directory);
    const done = await directory.factors.confirm(user, confirmation(), anEvent(user));
    if (done !== 'confirmed') throw new Error(done);
    return user;
  };

  test('a pass is good once, and the same attempt finds it used by itself', async () => {
    const user = await knownMember(directory);
    await secrets().createPass(user, aPass(), entry(user));
    expect(await secrets().use(user, use('other', 'a'), entry(user))).toBe(false);
    expect(await secrets().use(user, use('h', 'a'), entry(user))).toBe(true);
    expect(await secrets().use(user, use('h', 'a'), entry(user))).toBe(true);
    expect(await secrets().use(user, use('h', 'b'), entry(user))).toBe(false);
  });

  test('using one is one entry, however often its answer is lost', async () => {
    const user = await knownMember(directory);
    await secrets().createPass(user, aPass(), anEvent(user));
    const before = await eventsOf(user, 'pass.used');
    const attempt = randomUUID();
    for (let i = 0; i < 3; i += 1) await secrets().use(user, use('h', attempt), entry(user));
    await secrets().use(user, use('h', randomUUID()), entry(user));
    expect(await eventsOf(user, 'pass.used')).toBe(before + 1);
  });

  test('a pass of one user is nothing for another, and no recovery code', async () => {
    const [user, other] = [await knownMember(directory), await knownMember(directory)];
    await secrets().createPass(user, aPass(), entry(user));
    expect(await secrets().use(other, use('h', 'a'), entry(other))).toBe(false);
    expect(await secrets().use(user, use('h', 'a', 'recovery-code'), entry(user))).toBe(false);
  });

  test('a pass ends with its time, with a new one, and when it is removed', async () => {
    const user = await knownMember(directory);
    await secrets().createPass(user, aPass('late', -1), entry(user));
    expect(await secrets().use(user, use('late', 'a'), entry(user))).toBe(false);
    await secrets().createPass(user, aPass('first'), entry(user));
    await secrets().createPass(user, aPass('second'), entry(user));
    expect(await secrets().use(user, use('first', 'b'), entry(user))).toBe(false);
    await secrets().removePass(user, anEvent(user));
    expect(await secrets().use(user, use('second', 'c'), entry(user))).toBe(false);
  });

  test('nobody gets a pass who is not known', async () => {
    expect(await secrets().createPass(someone(), aPass(), anEvent(someone()))).toBeNull();
  });

  test('recovery codes need a factor, end with new ones, and are counted', async () => {
    const stranger = await knownMember(directory);
    expect(await secrets().replaceCodes(stranger, ['a'], anEvent(stranger))).toBe('no-factor');
    const user = await enrolledMember();
    await secrets().replaceCodes(user, ['a', 'b'], anEvent(user));
    await secrets().replaceCodes(user, ['c', 'd', 'e'], anEvent(user));
    expect(await secrets().use(user, use('a', '1', 'recovery-code'), entry(user))).toBe(false);
    expect(await secrets().use(user, use('c', '2', 'recovery-code'), entry(user))).toBe(true);
    expect(await secrets().countCodes(user)).toBe(2);
  });

  test.each(['removal', 'reset'])(
    'recovery codes end with the last factor, by a %s',
    async (how) => {
      const user = await enrolledMember();
      await secrets().replaceCodes(user, ['a'], anEvent(user));
      const { factors } = await directory.users.load(user);
      const entryFor = () => anEvent(user);
      if (how === 'reset') await directory.factors.reset(user, entryFor);
      else await directory.factors.remove(user, String(factors[0]?.id), false, entryFor);
      expect(await secrets().countCodes(user)).toBe(0);
      expect(await secrets().use(user, use('a', '1', 'recovery-code'), entry(user))).toBe(false);
    },
  );

  test('used and expired ones are pruned after a while, others stay', async () => {
    const user = await enrolledMember();
    await secrets().replaceCodes(user, ['a', 'b'], anEvent(user));
    await secrets().use(user, use('a', '1', 'recovery-code'), entry(user));
    await secrets().prune(new Date(Date.now() + 60_000));
    const { organizationId } = user;
    const rows = await database.prisma.recoverySecret.findMany({ where: { organizationId } });
    expect(rows.map(({ hash }) => hash)).toEqual(['b']);
  });
});

describe('on four replicas', () => {
  const { replicas, any } = useReplicas();

  test('200 uses of one pass at once give one success', async () => {
    const [directory] = replicas.directories;
    if (!directory) throw new Error('no replica');
    const user = await knownMember(directory);
    await directory.recoverySecrets.createPass(user, aPass(), anEvent(user));
    const entry = anEvent(user, { type: 'pass.used' });
    const tries = Array.from({ length: 200 }, (_, i) =>
      any(i).recoverySecrets.use(user, use('h', `attempt-${i}`), entry),
    );
    const used = await Promise.all(tries);
    expect(used.filter(Boolean)).toHaveLength(1);
  });
});
