/**
 * What the real SDKs send for us, held against what Twilio and Google publish. With
 * `PROVIDER_CONTRACTS` naming a folder, against the full documents in it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { extractFrom } from '../../scripts/extract-provider-contracts.ts';
import {
  accountSid,
  aMessage,
  callsThrough,
  number,
  pushesThrough,
} from '../support/fakes/channels.ts';
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

/** One of Twilio's operations, and the schema of a form for it in which nothing else may be. */
function twilioOperation(operationId: string) {
  const [path = '', described] =
    Object.entries(twilio['paths'] ?? {}).find(
      ([, { post }]) => String(post?.['operationId']) === operationId,
    ) ?? [];
  const content = described?.['post']?.['requestBody']?.['content'];
  const form = content?.['application/x-www-form-urlencoded']?.['schema'] as unknown as Form;
  const components = twilio['components'];
  const schema = { ...form, components, additionalProperties: false };
  return { path, server: described?.['servers']?.[0]?.['url'], schema };
}

type Form = { properties: Record<string, { type?: string }> };

/** What a form says: a list where one is described. */
function said(text: string, { properties }: Form): Record<string, string | string[]> {
  const form = new URLSearchParams(text);
  return Object.fromEntries(
    [...form.keys()].map((name) => {
      const all = form.getAll(name);
      return [name, properties[name]?.type === 'array' ? all : all.join()];
    }),
  );
}

describe('a call, as Twilio describes it,', () => {
  const publicUrl = 'https://2fa.example';
  let fake: Awaited<ReturnType<typeof startFakeTwilio>>;

  beforeAll(async () => {
    fake = await startFakeTwilio();
    const calls = callsThrough(fake, { publicUrl, byocTrunk: `BY${'0f'.repeat(16)}` });
    const { callId = '' } = await calls.deliver(aMessage({ code: '01234567' }));
    await calls.hangUp?.(callId);
  });
  afterAll(() => fake.close());

  describe.each([
    ['placed', 'CreateCall', () => fake.requests[0]],
    ['ended', 'UpdateCall', () => fake.updates[0]],
  ])('is %s', (_, operationId, sent) => {
    const { path, server, schema } = twilioOperation(operationId);

    test('at the described place', () => {
      const place = path.replace('{AccountSid}', accountSid).replace('{Sid}', fake.sidOf(number));
      expect(sent()?.method).toBe('POST');
      expect(`https://${sent()?.host}${sent()?.path}`).toBe(`${server}${place}`);
      expect(sent()?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    });

    test('with no parameter that is unknown, missing or of another type', () => {
      expect(faults(schema, said(sent()?.text ?? '', schema), true)).toEqual([]);
    });

    test('and would be caught with a parameter that Twilio does not know', () => {
      const form = said(sent()?.text ?? '', schema);
      expect(faults(schema, { ...form, Twimml: '' }, true)).not.toEqual([]);
      expect(faults(schema, { ...form, Status: 'cancelled' }, true)).not.toEqual([]);
    });
  });
});

test("the trunk is a parameter of a new call alone, and only the trunk's own kind of SID passes", () => {
  const [create, update] = ['CreateCall', 'UpdateCall'].map((id) => twilioOperation(id).schema);
  const form = { To: number, From: number, Byoc: `BY${'0f'.repeat(16)}` };
  expect(faults(create ?? {}, form)).toEqual([]);
  expect(faults(create ?? {}, { ...form, Byoc: `TK${'0f'.repeat(16)}` })).not.toEqual([]);
  expect(faults(update ?? {}, { Byoc: form.Byoc })).not.toEqual([]);
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
