/**
 * Loaded before the service when its production start is tried: the SDKs' connections to the
 * providers' fixed hosts go to the fakes that the environment names, and no other leaves.
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
