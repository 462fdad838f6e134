import { createHmac, timingSafeEqual } from 'node:crypto';

const toleranceSeconds = 5 * 60;

/**
 * The alert in a request, if one of our secrets (`whsec_…`) signed it. `body` is the text as it came,
 * before anything parses it; header names are in lower case.
 */
export function readAlert(
  body: string,
  headers: Record<string, string | undefined>,
  secrets: string[],
  now = Date.now(),
) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const ageSeconds = Math.abs(now / 1000 - Number(timestamp));
  if (!(ageSeconds <= toleranceSeconds)) throw new Error('refused: too old, or from the future');
  const given = String(headers['webhook-signature']).split(' ');
  const right = secrets.some((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', key)
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64');
    return given.some((one) => equal(one, `v1,${signature}`));
  });
  if (!right) throw new Error('refused: not signed by Doublecheck');
  return { id, ...JSON.parse(body) };
}

function equal(a: string, b: string) {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
