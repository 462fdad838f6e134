/** How long an idle connection to Twilio is kept, by the real clock. */
import { expect, test } from '@jest/globals';
import { aMessage, callsThrough } from '../support/fakes/channels.ts';
import { startFakeTwilio } from '../support/fakes/twilio.ts';
import { boundMs } from '../support/limits.ts';
import { startLine } from '../support/line.ts';
import { useEach } from '../support/use.ts';

const twilio = useEach(startFakeTwilio);
const line = useEach(() => startLine(twilio.connection.port));
const aChannel = () =>
  callsThrough({ connection: { ...twilio.connection, port: line.port } }, { limitMs: boundMs });

test('four seconds: we close it before a server that waits for the usual five, and says nothing', async () => {
  twilio.answerWithHeaders({ 'keep-alive': 'timeout=600' });
  const calls = aChannel();
  const since = performance.now();
  await calls.deliver(aMessage());
  const socket = twilio.connections[0]?.socket;
  let endedByUs = false;
  socket?.once('end', () => {
    endedByUs = true;
  });
  await line.quiet();
  expect(endedByUs).toBe(true);
  expect(performance.now() - since).toBeGreaterThan(3_900);
});

test('no longer in a process that was too busy to close it in time', async () => {
  twilio.answerWithHeaders({ 'keep-alive': 'timeout=2' });
  const calls = aChannel();
  await calls.deliver(aMessage());
  const never = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(never, 0, 0, 1_100);
  expect(await calls.deliver(aMessage())).toMatchObject({ delivery: 'accepted' });
  expect(twilio.requests).toHaveLength(2);
  expect(line.counts.opened).toBe(2);
});
