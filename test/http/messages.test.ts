/** What is said to users in the same words everywhere: in calls, in pushes, on the page, at the address of a problem. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { textsFor } from '../../src/adapters/channels/messages/index.ts';
import { problemNames } from '../../src/domain/problems.ts';
import { sharedMessages } from '../../src/messages/index.ts';
import { enrolled, useService } from '../support/service.ts';

const service = useService();
const folder = join(import.meta.dirname, '../../page/messages');
const ofPage = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8'));
const params = (text = '') => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
const languages = Object.entries(sharedMessages);

test('the page, calls and pushes have the same languages', () => {
  const names = languages.map(([language]) => language).sort();
  expect(readdirSync(folder).map((name) => name.replace('.json', ''))).toEqual(names);
  const voices = names.map((name) => textsFor(name).voice.slice(0, 2));
  expect(voices).toEqual(names);
});

describe.each(languages)('in %s', (language, messages) => {
  test('no shared message is missing, empty, or also one of the page alone', () => {
    const { en } = sharedMessages;
    expect(Object.keys(messages)).toEqual(Object.keys(en));
    for (const [key, text] of Object.entries(messages)) {
      expect(text).not.toBe('');
      expect([key, params(text)]).toEqual([key, params(en[key as keyof typeof en])]);
      expect(ofPage(language)).not.toHaveProperty([key]);
    }
  });

  test('a call, a push and the page ask to keep the code secret in the same words', async () => {
    await service.organization({ policy: 'mandatory', language }, language);
    await (await enrolled(service, { organizationId: language })).signIn();
    expect(service.twilio.requests.at(-1)?.body['Twiml']).toContain(messages.secret);
    expect(textsFor(language).pushBody('0123')).toContain(messages.secret);
    const { body: html } = await service.call('GET', '/2fa/company-panel');
    const [script = ''] = /assets\/main[^"]+\.js/.exec(html) ?? [];
    const { body: bundle } = await service.call('GET', `/2fa/${script}`);
    expect(bundle.includes(messages.secret)).toBe(true);
  });

  test('the address of a problem has the words in which the page tells it', async () => {
    const told = Object.entries(messages).filter(([key]) => key.startsWith('problem.'));
    for (const [key, text] of told) {
      const name = key.replace('problem.', '');
      expect(problemNames).toContain(name);
      const { body } = await service.call('GET', `/problems/${name}`);
      expect(body).toContain(`<td lang="${language}">${text}</td>`);
    }
  });
});
