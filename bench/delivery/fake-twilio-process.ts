/** A fake Twilio on loopback, in its own process, so that it takes no CPU from the load generator. */
import { randomUUID } from 'node:crypto';
import { startTlsServer } from '../../test/support/fakes/tls.ts';
import { digitsSaid } from '../../test/support/fakes/twilio.ts';

const server = await startTlsServer(
  ({ text }) => {
    const form = new URLSearchParams(text);
    const code = digitsSaid(form.get('Twiml') ?? '').first;
    process.send?.({ to: form.get('To'), code });
    const sid = `CA${randomUUID().replaceAll('-', '')}`;
    return { status: 201, body: JSON.stringify({ sid, status: 'queued' }) };
  },
  () => ({}),
);
process.send?.({ connection: server.connection });
process.on('disconnect', () => process.exit(0));
