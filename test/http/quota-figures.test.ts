/** Which budget is full, and how many codes careful mode makes, is seen in the figures. */
import { expect, test } from '@jest/globals';
import { untilCareful } from '../support/guessing.ts';
import { enrolled, somebody, useService } from '../support/service.ts';

const service = useService({ env: { TOKEN_USES_PER_MINUTE: '40' } });

const budgets = ['starts', 'unapproved', 'codes', 'organization', 'pending-number', 'token'];

async function figure(series: string): Promise<number> {
  const { body } = await service.call('GET', '/metrics');
  const [, value = 0] = String(body).split(`doublecheck_${series} `);
  return Number.parseInt(String(value), 10);
}

async function refusals(): Promise<Record<string, number>> {
  const values = budgets.map(
    async (budget) => [budget, await figure(`quota_refusals_total{budget="${budget}"}`)] as const,
  );
  return Object.fromEntries(await Promise.all(values));
}

/** What `work` added to the refusals of each budget. */
async function refusedBy(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await refusals();
  await work();
  const after = Object.entries(await refusals());
  const added = after.map(([budget, value]) => [budget, value - (before[budget] ?? 0)] as const);
  return Object.fromEntries(added.filter(([, count]) => count > 0));
}

/** Somebody who took the first code of the budgets in `env`. */
async function begun(env: Record<string, string>) {
  await service.budget({});
  const user = await enrolled(service);
  await service.budget(env);
  await user.signIn();
  return user;
}

test.each([
  [{ CODES_PER_USER_UNAPPROVED: '1' }, { unapproved: 1 }],
  [{ CODES_PER_USER_HOUR: '1' }, { codes: 1 }],
  [{ CODES_PER_ORGANIZATION_DAY: '1' }, { organization: 1 }],
  [
    { CODES_PER_USER_UNAPPROVED: '1', CODES_PER_ORGANIZATION_DAY: '1' },
    { unapproved: 1, organization: 1 },
  ],
  [{ STARTS_PER_USER_MINUTE: '1' }, { starts: 1 }],
])('a login that %j refuses counts once for each budget that is full', async (env, counted) => {
  const user = await begun(env);
  expect(await refusedBy(() => service.start({ userId: user.userId }))).toEqual(counted);
});

test('a number that was called too often to confirm it counts, and so does a token that is overused', async () => {
  await service.budget({ CODES_PER_PENDING_NUMBER_DAY: '1' });
  const [one, two] = [somebody(service), somebody(service)];
  await (await one.signIn()).addPhone(one.phone);
  const screen = await two.signIn();
  expect(await refusedBy(() => screen.addPhone(one.phone))).toEqual({ 'pending-number': 1 });
  const overuse = async () => {
    for (let i = 0; i < 42; i += 1) await screen.look();
  };
  const { token = 0 } = await refusedBy(overuse);
  expect(token).toBeGreaterThan(1);
});

test('a code of 8 digits counts by its method, and one of 4 does not', async () => {
  const user = await begun({});
  const careful = () => figure('careful_codes_total{method="call"}');
  const before = await careful();
  await user.signIn();
  expect(await careful()).toBe(before);
  await untilCareful(user);
  expect((await user.signIn()).challenge.code).toMatchObject({ length: 8 });
  expect(await careful()).toBe(before + 1);
});
