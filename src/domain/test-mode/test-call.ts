import type { CodeRef } from '../ports.ts';

/** Also all that its script needs: nothing else of a test call is stored. */
export type TestCall = { number: string; ref: CodeRef };

const prefix = 'test.';

export function testCallId({ number, ref }: TestCall): string {
  const json = JSON.stringify({ number, ref });
  return prefix + Buffer.from(json).toString('base64url');
}

export function readTestCallId(callId: string): TestCall {
  return JSON.parse(Buffer.from(callId.slice(prefix.length), 'base64url').toString());
}
