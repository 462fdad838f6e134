/** What Twilio tells of a call later on is believed when Twilio signed it for this very address. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import twilioSdk from 'twilio';
import type { ReportMessage } from '../../src/domain/ports.ts';
import { aMessage, callsThrough, number } from '../support/fakes/channels.ts';
import { authToken, startFakeTwilio } from '../support/fakes/twilio.ts';
import { testSealing } from '../support/sealing.ts';

const publicUrl = 'https://2fa.example/two';

let twilio: Awaited<ReturnType<typeof startFakeTwilio>>;
beforeAll(async () => {
  twilio = await startFakeTwilio();
});
afterAll(() => twilio.close());

const channel = (settings: Parameters<typeof callsThrough>[1] = {}) =>
  callsThrough(twilio, { publicUrl, ...settings });

const forbidden = expect.objectContaining({ message: 'forbidden' });
const notFound = expect.objectContaining({ message: 'not-found' });

/** A call to the number, and what Twilio would tell of it, as our route hands it on. */
async function told(status = 'ringing', changes: Record<string, string> = {}) {
  const message = aMessage();
  const { callId } = await channel().deliver(message);
  const { path, headers, fields } = twilio.callbackOf(number, status, changes);
  const reference = path.split('/').at(-1) ?? '';
  const report: ReportMessage = { reference, fields, signature: headers['x-twilio-signature'] };
  return { ref: message.ref, callId, report };
}

const read = (report: ReportMessage, through = channel()) => through.readReport?.(report);

/** The same report with other fields or to another URL, signed with the token. */
function signed(report: ReportMessage, changes: Partial<ReportMessage>, token = authToken) {
  const { reference, fields } = { ...report, ...changes };
  const url = `${publicUrl}/webhooks/twilio/calls/${reference}`;
  const signature = twilioSdk.getExpectedTwilioSignature(token, url, fields);
  return { reference, fields, signature };
}

describe('a call is placed', () => {
  test('with the address for its reports', async () => {
    await channel().deliver(aMessage());
    const form = new URLSearchParams(twilio.requests.at(-1)?.text);
    expect(form.get('StatusCallback')).toMatch(
      /^https:\/\/2fa\.example\/two\/webhooks\/twilio\/calls\/[\w-]+(\.[\w-]+)+$/,
    );
    expect(form.get('StatusCallbackMethod')).toBe('POST');
    expect(form.getAll('StatusCallbackEvent')).toEqual([
      'initiated',
      'ringing',
      'answered',
      'completed',
    ]);
  });

  test('without one where we have no address: then there is nothing to read either', async () => {
    const calls = callsThrough(twilio);
    await calls.deliver(aMessage());
    expect(twilio.requests.at(-1)?.text).not.toContain('StatusCallback');
    expect(calls).not.toHaveProperty('readReport');
  });

  test('with an address that reveals neither the user nor the code, different each time', async () => {
    const ref = {
      challenge: { organizationId: 'an-organization', userId: 'somebody', id: 'the-challenge' },
      codeId: 'the-code',
      line: 'the-line',
      confirms: true,
    };
    const references = [];
    for (let time = 0; time < 2; time += 1) {
      await channel().deliver(aMessage({ ref, code: '47114711' }));
      const { path } = twilio.callbackOf(number, 'ringing');
      references.push(path.split('/').at(-1) ?? '');
    }
    for (const reference of references) {
      const bytes = Buffer.from(reference.split('.').at(-1) ?? '', 'base64url').toString('latin1');
      expect(`${reference}\n${bytes}`).not.toMatch(
        /an-organization|somebody|the-challenge|the-code|the-line|47114711|612345678/,
      );
    }
    expect(references[0]).not.toBe(references[1]);
  });

  test('with an address of bounded length, for any ids', async () => {
    const longest = '𝄞'.repeat(128);
    const { ref } = aMessage();
    const challenge = { ...ref.challenge, organizationId: longest, userId: longest };
    const message = aMessage({ ref: { ...ref, challenge } });
    await channel().deliver(message);
    const { path, headers, fields } = twilio.callbackOf(number, 'ringing');
    const reference = path.split('/').at(-1) ?? '';
    expect(reference.length).toBeLessThan(2_000);
    const report = { reference, fields, signature: headers['x-twilio-signature'] };
    expect(await read(report)).toMatchObject({ ref: message.ref });
  });
});

describe('what Twilio signed', () => {
  test.each([
    ['queued', 'accepted'],
    ['initiated', 'accepted'],
    ['ringing', 'ringing'],
    ['in-progress', 'answered'],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('%s is told as %s, of that code and that call', async (status, delivery) => {
    const { ref, callId, report } = await told(status);
    expect(callId).toMatch(/^CA[0-9a-f]{32}$/);
    expect(await read(report)).toEqual({ ref, callId, delivery });
  });

  test.each(['', 'answered', 'toString', '__proto__'])(
    'in a word that is not known (%s) is of no concern',
    async (status) => {
      expect(await read((await told(status)).report)).toBeNull();
    },
  );

  test('counts with fields that were not known before', async () => {
    const { report } = await told('ringing', { StirVerstat: 'TN-Validation-Passed-A', Z: 'é ö' });
    expect(await read(report)).toMatchObject({ delivery: 'ringing' });
  });
});

describe('what Twilio did not sign for this address is refused', () => {
  test.each([null, '', 'AAAA', `${'A'.repeat(27)}=`])('signature %s', async (signature) => {
    const { report } = await told();
    await expect(read({ ...report, signature })).rejects.toEqual(forbidden);
  });

  test.each([
    ['another status', { CallStatus: 'completed' }],
    ['another call', { CallSid: `CA${'0'.repeat(32)}` }],
    ['one field more', { Extra: 'x' }],
  ])('%s under the signature of the true one', async (_, changes) => {
    const { report } = await told();
    const fields = { ...report.fields, ...changes };
    await expect(read({ ...report, fields })).rejects.toEqual(forbidden);
  });

  test('one field less', async () => {
    const { report } = await told();
    const { Timestamp: _, ...fields } = report.fields;
    await expect(read({ ...report, fields })).rejects.toEqual(forbidden);
  });

  test('what was signed for another call', async () => {
    const first = await told('completed');
    const second = await told('ringing');
    const moved = { ...first.report, reference: second.report.reference };
    await expect(read(moved)).rejects.toEqual(forbidden);
  });

  test('what was signed for another address of ours', async () => {
    const { report } = await told();
    const elsewhere = channel({ publicUrl: 'https://old.example' });
    await expect(read(report, elsewhere)).rejects.toEqual(forbidden);
  });

  test.each(['wrong token', ''])('what was signed with the token "%s"', async (token) => {
    const { report } = await told();
    await expect(read(signed(report, {}, token))).rejects.toEqual(forbidden);
  });

  test.each([undefined, ''])('anything, while we have no token (%s)', async (none) => {
    const { report } = await told();
    await expect(read(signed(report, {}, ''), channel({ authToken: none }))).rejects.toEqual(
      forbidden,
    );
  });
});

describe('what Twilio signed is refused all the same', () => {
  test.each([
    ['without a call', { CallSid: '' }],
    ['with what is no call', { CallSid: 'SM00000000000000000000000000000000' }],
    ['with a call that ends in a line', { CallSid: `CA${'0'.repeat(32)}\n` }],
    ['of another account', { AccountSid: `AC${'0'.repeat(32)}` }],
  ])('%s', async (_, changes) => {
    const { report } = await told('ringing', changes);
    await expect(read(report)).rejects.toEqual(forbidden);
  });

  test.each([
    ['that is no reference', () => 'x'],
    ['of nothing', () => ''],
    ['with more behind it', (reference: string) => `${reference}.x`],
    ['with another letter', (reference: string) => reference.replace(/.$/, flipped)],
    ['that was sealed for another place', () => testSealing.seal('["a","b","c","d"]', ['f', 'a'])],
    ['that is endless', (reference: string) => reference + 'A'.repeat(10_000)],
  ])('at an address %s', async (_, changed) => {
    const { report } = await told();
    const reference = changed(report.reference);
    await expect(read(signed(report, { reference }))).rejects.toEqual(notFound);
  });
});

/** Another letter of base64url that stands for other bits. */
function flipped(letter: string): string {
  return letter === 'A' ? 'w' : 'A';
}
