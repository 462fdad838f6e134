/** What Prometheus reads: each figure that an alert or the dashboard needs, and nobody's name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../e2e/program.ts';
import { enrolled, somebody, useService, wrong } from '../support/service.ts';
import { addConfirmed, atSettings } from '../support/settings-page.ts';

const METRICS_TOKEN = 'a-token-for-prometheus';
const service = useService({ env: { METRICS_TOKEN } });

const read = (bearer?: string) => service.call('GET', '/metrics', bearer ? { bearer } : {});

const fileOf = (name: string) => readFileSync(join(root, name), 'utf8');

/** The value of a series; 0 before it exists. */
async function figure(series: string): Promise<number> {
  const { body } = await read(METRICS_TOKEN);
  const line = String(body)
    .split('\n')
    .find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}

test('with a token set, only that token reads the figures', async () => {
  expect((await read()).status).toBe(401);
  expect((await read(`${METRICS_TOKEN}x`)).status).toBe(401);
  expect((await read(service.keys.panel)).status).toBe(401);
  expect((await read(METRICS_TOKEN)).status).toBe(200);
});

const counters = [
  'doublecheck_challenges_total{purpose="login",outcome="started"}',
  'doublecheck_challenges_total{purpose="login",outcome="approved"}',
  'doublecheck_codes_total{method="call",delivery="accepted"}',
  'doublecheck_events_total{type="code.wrong"}',
  'doublecheck_approval_duration_seconds_count{purpose="login"}',
  'doublecheck_dependency_duration_seconds_count{dependency="twilio",outcome="ok"}',
];

test('a login with a wrong and a right code counts once in each figure', async () => {
  const user = await enrolled(service);
  const before = await Promise.all(counters.map(figure));
  const screen = await user.signIn();
  await screen.enter(wrong(user.heard()));
  await screen.enter(user.heard());
  const after = await Promise.all(counters.map(figure));
  expect(after).toEqual(before.map((value) => value + 1));
});

test('what changes how users prove who they are counts by its event', async () => {
  const types = ['pass.created', 'pass.used', 'recovery-codes.created', 'recovery-code.used'];
  const all = [...types, 'factor.added', 'factor.promoted', 'factor.removed'];
  const figures = () =>
    Promise.all(all.map((type) => figure(`doublecheck_events_total{type="${type}"}`)));
  const user = await enrolled(service);
  const before = await figures();
  const helpdesk = { userId: user.userId, actor: 'helpdesk', bearer: service.keys.recovery };
  const { pass } = (await atSettings(service, helpdesk).makePass()).body;
  const proved = await user.signIn({ send: false });
  expect((await proved.prove({ pass })).body.status).toBe('approved');
  const page = atSettings(service, { userId: user.userId, challengeId: proved.challenge.id });
  const { codes } = (await page.makeCodes()).body;
  await (await user.signIn({ send: false })).prove({ recoveryCode: codes[0] });
  const { phone } = somebody(service);
  await addConfirmed(service, page, phone);
  await page.promote(await page.idOf(phone));
  await page.remove(await page.idOf(user.phone));
  expect(await figures()).toEqual(before.map((value) => value + 1));
});

test('stores, the pool and the groups of changes have figures', async () => {
  for (const dependency of ['redis', 'postgresql'])
    expect(
      await figure(
        `doublecheck_dependency_duration_seconds_count{dependency="${dependency}",outcome="ok"}`,
      ),
    ).toBeGreaterThan(0);
  expect(await figure('doublecheck_postgresql_connections{state="idle"}')).toBeGreaterThan(0);
  expect(await figure('doublecheck_change_group_size_count')).toBeGreaterThan(0);
});

test('no label names a user, an organization, a challenge or a number', async () => {
  const user = await enrolled(service);
  await service.call('GET', `/v1/organizations/acme/users/${user.userId}`, {
    bearer: service.keys.panel,
  });
  const { body } = await read(METRICS_TOKEN);
  for (const secret of [user.userId, 'acme', '+31', '*****'])
    expect(String(body)).not.toContain(secret);
});

test('every figure has a help text, and a unit in its name where it has one', async () => {
  const { body } = await read(METRICS_TOKEN);
  const ours = [...String(body).matchAll(/^# HELP (doublecheck_\w+) (.+)$/gm)];
  expect(ours.length).toBeGreaterThan(8);
  const types = new Map(
    [...String(body).matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]),
  );
  for (const [, name = ''] of ours)
    expect(name.endsWith('_total')).toBe(types.get(name) === 'counter');
});

test.each(['deploy/prometheus/alerts.yaml', 'deploy/grafana/dashboard.json'])(
  '%s asks only for figures and labels that there are',
  async (file) => {
    const { body } = await read(METRICS_TOKEN);
    const asked = [...fileOf(file).matchAll(/\b(?:doublecheck|nodejs|process)_\w+/g)].map(
      ([name]) => name,
    );
    const known = new Set([...String(body).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const unknown = asked.filter(
      (name) => !known.has(name) && !known.has(name.replace(/_(bucket|count|sum)$/, '')),
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
  },
);

test('each alert has a paragraph in docs/operations.md', () => {
  const headings = [...fileOf('docs/operations.md').matchAll(/^### (.*)$/gm)];
  const anchors = headings.map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));
  const rules = fileOf('deploy/prometheus/alerts.yaml');
  const runbooks = [...rules.matchAll(/runbook: [^#]+#(.+)$/gm)];
  expect(runbooks).toHaveLength([...rules.matchAll(/- alert: /g)].length);
  const levels = ['start', 'delivery', 'verify', 'latency'];
  const asked = runbooks.flatMap(([, anchor = '']) =>
    levels.map((level) => anchor.replace('{{ $labels.slo }}', level)),
  );
  expect(asked.length).toBeGreaterThan(10);
  expect(anchors).toEqual(expect.arrayContaining(asked));
});
