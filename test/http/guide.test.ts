/** docs/integrate.md says what happens today: its calls are made here, and its tables are complete. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fillGuide } from '../../scripts/guide/exchanges.ts';
import { type Call, playFlows, returnUrl } from '../../scripts/guide/flows.ts';
import { description, type Schema } from '../support/description.ts';
import { anEntry } from '../support/people.ts';
import { useService } from '../support/service.ts';

const service = useService({ policy: null });
const guide = readFileSync(new URL('../../docs/integrate.md', import.meta.url), 'utf8');

test('each call of the guide is answered as it shows: else npm run guide', async () => {
  const call: Call = (method, url, request) => service.call(method, url, request);
  const site = { client: 'company-panel', use: 'return' as const, url: returnUrl };
  await service.directory.clients.allowSite(site, anEntry);
  const flows = await playFlows(call, service.keys.test);
  expect(fillGuide(guide, flows)).toBe(guide);
  const outdated = guide.replaceAll('"status": "approved"', '"status": "done"');
  expect(fillGuide(outdated, flows)).toBe(guide);
});

const { properties = {} } = description.components.schemas['Challenge'] ?? {};
const valuesOf = (schema: Schema = {}) => schema.enum ?? [];
const within = (field: string, name: string) => properties[field]?.anyOf?.[0]?.properties?.[name];

test.each([
  ['status', valuesOf(properties['status'])],
  ['endReason', valuesOf(properties['endReason'])],
  ['noCode.reason', valuesOf(within('noCode', 'reason'))],
  ['delivery', valuesOf(within('code', 'delivery'))],
  [
    'problem',
    valuesOf(description.components.schemas['Problem']?.properties?.['type']).map((type) =>
      String(type).replace('/problems/', ''),
    ),
  ],
])('the guide says what to show for each %s', (_, values) => {
  expect(values.length).toBeGreaterThan(3);
  expect(values.filter((value) => !guide.includes(`\`${value}\``))).toEqual([]);
});
