import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { channelKinds, consoleChannel } from '../../src/adapters/channels/index.ts';
import { aMessage, keptLog } from '../support/fakes/channels.ts';
import { testOnlyKey } from '../support/fakes/tls.ts';
import { testSealing } from '../support/sealing.ts';

const nothing = { twilio: null, googleCredentialsFile: null, pushShowCode: true };

test('there is one channel for each method, configured only by its own settings', () => {
  const configured = (settings: typeof nothing) =>
    channelKinds.filter((kind) => kind.configured(settings)).map(({ method }) => method);
  expect(channelKinds.map(({ method }) => method)).toEqual(['call', 'push']);
  expect(configured(nothing)).toEqual([]);
  expect(configured({ ...nothing, googleCredentialsFile: '/a' } as never)).toEqual(['push']);
});

describe('the console', () => {
  const printed = async (method: string, changes: Parameters<typeof aMessage>[0]) => {
    const lines: string[] = [];
    const outcome = await consoleChannel(method, (line) => void lines.push(line)).deliver(
      aMessage(changes),
    );
    expect(outcome).toEqual({ delivery: 'accepted' });
    return lines;
  };

  test('shows a call as one line with the code and a masked number', async () => {
    expect(await printed('call', {})).toEqual(['☎  call to 316*****78: your code is 0123']);
  });

  test('shows a push as one line with the code and the number of devices', async () => {
    expect(await printed('push', { address: 'Qaller' })).toEqual([
      '☎  push to Qaller (2): your code is 0123',
    ]);
  });
});

describe('a service-account file that cannot be used stops the start', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'service-account-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const account = {
    type: 'service_account',
    project_id: 'p',
    client_email: 'e@p',
    private_key: testOnlyKey,
  };
  const push = channelKinds[1];
  const create = (file: string) => () =>
    push.create(
      { googleCredentialsFile: file, pushShowCode: true },
      { log: keptLog(), sealing: testSealing },
    );

  test.each([
    ['is not JSON', 'hidden-content'],
    ['is of another kind', JSON.stringify({ ...account, type: 'hidden-content' })],
    ['has no project', JSON.stringify({ ...account, project_id: undefined })],
    ['has no usable key', JSON.stringify({ ...account, private_key: 'hidden-content' })],
  ])('one that %s, with a line that names the variable and shows no content', async (_, text) => {
    const file = join(folder, 'account.json');
    await writeFile(file, text);
    expect(create(file)).toThrow(/^GOOGLE_APPLICATION_CREDENTIALS: [^\n]+$/);
    expect(create(file)).not.toThrow(/hidden-content/);
  });

  test('one that is missing', () => {
    expect(create(join(folder, 'none.json'))).toThrow(
      'GOOGLE_APPLICATION_CREDENTIALS: the file cannot be read (ENOENT)',
    );
  });
});
