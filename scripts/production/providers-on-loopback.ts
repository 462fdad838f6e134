/**
 * Node loads this before the service in trials. It sends the SDKs' connections to the fakes that the
 * environment names, and refuses every other connection.
 */
import tls, { type ConnectionOptions } from 'node:tls';

const fakes: Record<string, ConnectionOptions> = JSON.parse(process.env['FAKE_PROVIDERS'] ?? '{}');
const connect = tls.connect;

function connectToFake(options: ConnectionOptions, connected?: () => void) {
  const host = options.servername || options.host || '';
  const fake = fakes[host];
  if (!fake) throw new Error(`no connection to ${host} in this trial`);
  return connect({ ...options, ...fake, servername: host }, connected);
}

tls.connect = connectToFake as typeof tls.connect;
