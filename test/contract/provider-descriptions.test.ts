/**
 * What the real SDKs send for us, held against what Twilio and Google publish. With
 * `PROVIDER_CONTRACTS` naming a folder, against the full documents in it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { extractFrom } from '../../scripts/extract-provider-contracts.ts';
import { accountSid, aMessage, callsThrough, pushesThrough } from '../support/fakes/channels.ts';
import { jsonSchemasOf } from '../support/fakes/discovery-schema.ts';
import { startFakeGoogle } from '../support/fakes/google.ts';
import { startFakeTwilio } from '../support/fakes/twilio.ts';

const extracts = new URL('../provider-contracts', import.meta.url).pathname;
const { twilio, fcm } = extractFrom(process.env['PROVIDER_CONTRACTS'] ?? extracts);

/** The names of the form's or message's parts that the description does not allow as they are. */
function faults(schema: object, value: unknown, coerceTypes = false): unknown {
  const validate = new Ajv({ strict: false, validateFormats: false, coerceTypes }).compile(schema);
  return validate(value) ? [] : validate.errors;
}

describe('a call, as Twilio describes CreateCall', () => {
  const [path = '', described] = Object.entries(twilio['paths'] ?? {})[0] ?? [];
  const form = described?.['post']?.['requestBody']?.['content']?.[
    'application/x-www-form-urlencoded'
  ]?.['schema'] as object;
  const formSchema = { ...form, additionalProperties: false };
  let fake: Awaited<ReturnType<typeof startFakeTwilio>>;

  beforeAll(async () => {
    fake = await startFakeTwilio();
    await callsThrough(fake).deliver(aMessage({ code: '01234567' }));
  });
  afterAll(() => fake.close());

  test('goes to the described place', () => {
    const [request] = fake.requests;
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe(path.replace('{AccountSid}', accountSid));
    expect(`https://${request?.host}`).toBe(described?.['servers']?.[0]?.['url']);
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  test('has no parameter that is unknown, missing or of another type', () => {
    expect(faults(formSchema, { ...fake.requests[0]?.body }, true)).toEqual([]);
  });

  test('would be caught with a parameter that Twilio does not know', () => {
    expect(faults(formSchema, { ...fake.requests[0]?.body, Twimml: '' }, true)).not.toEqual([]);
  });
});

describe('a push message, as Google describes FCM v1', () => {
  const send = fcm['resources']?.['projects']?.['resources']?.['messages']?.['methods']?.['send'];
  const definitions = jsonSchemasOf((fcm['schemas'] ?? {}) as never);
  const requestSchema = { $ref: `#/definitions/${send?.['request']?.['$ref']}`, definitions };
  let fake: Awaited<ReturnType<typeof startFakeGoogle>>;

  beforeAll(async () => {
    fake = await startFakeGoogle();
    await pushesThrough(fake).deliver(aMessage());
  });
  afterAll(() => fake.close());

  test('goes to the described place', () => {
    const [request] = fake.requests;
    const path = String(send?.['path']).replace('{+parent}', 'projects/doublecheck-test');
    expect(request?.method).toBe(send?.['httpMethod']);
    expect(`https://${request?.host}${request?.path}`).toBe(`${fcm['rootUrl']}${path}`);
  });

  test('has no field that is unknown or of another type', () => {
    expect(fake.requests).toHaveLength(2);
    for (const { body } of fake.requests) expect(faults(requestSchema, body)).toEqual([]);
  });

  test('would be caught with a field that Google does not know', () => {
    const { message } = fake.requests[0]?.body ?? {};
    expect(faults(requestSchema, { message: { ...message, prio: 'high' } })).not.toEqual([]);
    const android = { ...message?.android, ttl: 30 };
    expect(faults(requestSchema, { message: { ...message, android } })).not.toEqual([]);
  });
});
