/** An operator sets organizations on the command line, by the rules of the API. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../support/command-line.ts';
import { enrolled, useService } from '../support/service.ts';
import { testClient } from '../support/test-mode.ts';

const service = useService();
const orgs = (...args: string[]) => commandLine(service)('orgs', ...args);
const read = (id: string) =>
  service.call('GET', `/v1/organizations/${id}`, { bearer: service.keys.panel });
const newId = () => `org-${randomUUID()}`;

async function policyEvents(id: string) {
  const url = `/v1/organizations/${id}/events`;
  const { body } = await service.call('GET', url, { bearer: service.keys.panel });
  return body.items.filter(({ type }: { type: string }) => type === 'policy.changed');
}

describe('orgs set', () => {
  test('makes an organization with defaults, then changes what is given alone', async () => {
    const id = newId();
    const made = await orgs('set', id, '--policy', 'optional', '--country', 'BE', '--json');
    const { body } = await read(id);
    expect(JSON.parse(made.output)).toEqual({ ...body, created: true });
    expect(body).toMatchObject({ policy: 'optional', country: 'BE', language: 'nl-NL' });
    const from = '2027-03-01T00:00:00+01:00';
    await orgs('set', id, '--mandatory-from', from, '--known-device-days', '7');
    await orgs('set', id, '--skip-code', 'true', '--country', 'default');
    expect((await read(id)).body).toEqual({
      ...body,
      country: 'NL',
      mandatoryFrom: '2027-02-28T23:00:00.000Z',
      knownDevices: { days: 7, skipCode: true },
    });
    const events = await policyEvents(id);
    expect(events).toHaveLength(3);
    for (const event of events) expect(event).toMatchObject({ actor: 'ann', client: null });
  });

  test('a new one needs a policy', async () => {
    const id = newId();
    const refused = await orgs('set', id, '--country', 'BE');
    expect(refused).toMatchObject({ exitCode: 2, errors: expect.stringMatching(/needs --policy/) });
    expect((await read(id)).status).toBe(404);
  });

  test('a dry run counts whom it would concern, and changes nothing', async () => {
    const id = newId();
    await orgs('set', id, '--policy', 'optional');
    await enrolled(service, { organizationId: id });
    const { output } = await orgs('set', id, '--policy', 'mandatory', '--dry-run', '--json');
    const url = `/v1/organizations/${id}?dryRun=true`;
    const given = { bearer: service.keys.panel, body: { policy: 'mandatory' } };
    const { body } = await service.call('PATCH', url, given);
    expect(JSON.parse(output)).toEqual({ ...body, dryRun: true });
    expect(body.impact.usersWithoutBackup).toBe(1);
    expect((await read(id)).body.policy).toBe('optional');
    const text = await orgs('set', id, '--policy', 'mandatory', '--dry-run');
    expect(text.output).toMatch(
      /^nothing is changed;.*\n {2}0 have to set up a factor\n {2}1 have/s,
    );
    expect(await policyEvents(id)).toHaveLength(1);
  });
});

describe('orgs show and list', () => {
  test('show what is set, and nothing of the other mode', async () => {
    const id = newId();
    const client = testClient(service);
    await client.call('PUT', `/v1/organizations/${id}`, { body: { policy: 'mandatory' } });
    expect(await orgs('show', id)).toMatchObject({ exitCode: 1, output: '' });
    await orgs('set', id, '--policy', 'off');
    expect((await orgs('show', id)).output).toMatch(new RegExp(`^${id}  off  nl-NL  NL  `));
    const policies = async (...more: string[]) =>
      JSON.parse((await orgs('list', '--json', ...more)).output)
        .organizations.filter((one: { id: string }) => one.id === id)
        .map(({ policy }: { policy: string }) => policy);
    expect([await policies(), await policies('--test')]).toEqual([['off'], ['mandatory']]);
  });
});
