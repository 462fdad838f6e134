/** The code in the documents works as it stands: each is a file in docs/snippets, run here. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { redeem } from '../../docs/snippets/redeem.ts';
import { offlineVerifier } from '../../docs/snippets/verify-offline.ts';
import { readAlert } from '../../docs/snippets/verify-webhook.ts';
import { alertTypes } from '../../src/domain/audit/audit.ts';
import { description } from '../support/description.ts';
import { enrolled, issuer, randomSecret, useService } from '../support/service.ts';
import { use } from '../support/use.ts';

const docs = new URL('../../docs/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, docs), 'utf8');

const service = useService();
const server = use(async () => ({
  url: await service.app.listen({ port: 0, host: '127.0.0.1' }),
}));
const client = 'company-panel';

/** A login up to its result, and what the backend keeps of it. */
async function approved() {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const { body } = await screen.enter(user.heard());
  const started = { organizationId: 'acme', userId: user.userId, challengeId: body.id };
  return { token: body.result.token as string, started };
}

const asPanel = () => ({ url: server.url, apiKey: service.keys.panel });

test.each(readdirSync(new URL('snippets/', docs)))('%s is in a document, as it is', (name) => {
  const documents = readdirSync(docs).filter((one) => one.endsWith('.md'));
  const shown = documents.map(read).join('\n');
  expect(shown).toContain(
    `<!-- snippets/${name} -->\n\`\`\`ts\n${read(`snippets/${name}`)}\`\`\`\n`,
  );
});

describe('a result', () => {
  test('is redeemed for the login that it belongs to, also when the answer is lost', async () => {
    const { token, started } = await approved();
    const claims = await redeem(token, started, asPanel());
    expect(claims).toMatchObject({ sub: started.userId, aud: client, purpose: 'login' });
    expect(await redeem(token, started, asPanel())).toEqual(claims);
  });

  test.each([
    ['another user', { userId: 'somebody-else' }],
    ['another organization', { organizationId: 'beta' }],
    ['another challenge', { challengeId: 'another' }],
  ])('of %s lets nobody in', async (_, other) => {
    const { token, started } = await approved();
    const redeemed = redeem(token, { ...started, ...other }, asPanel());
    await expect(redeemed).rejects.toThrow('the result of another login');
  });

  test('that is forged, or for another purpose, is refused', async () => {
    const { token, started } = await approved();
    const forged = redeem(`${token}x`, started, asPanel());
    await expect(forged).rejects.toThrow('/problems/result-invalid');
    const stepUp = redeem(token, started, { ...asPanel(), purpose: 'step-up' });
    await expect(stepUp).rejects.toThrow('/problems/result-invalid');
  });

  test('can be verified offline by whom it is for, and by nobody else', async () => {
    const { token, started } = await approved();
    const verify = offlineVerifier({ url: server.url, issuer, client });
    expect(await verify(token)).toMatchObject({ sub: started.userId, cid: started.challengeId });
    const asOther = offlineVerifier({ url: server.url, issuer, client: 'qaller' });
    await expect(asOther(token)).rejects.toThrow('"aud"');
    const screen = await (await enrolled(service)).signIn();
    await expect(verify(String(screen.challenge.challengeToken))).rejects.toThrow();
  });
});

describe('an alert', () => {
  const secret = `whsec_${randomSecret('k').bytes.toString('base64')}`;
  const body = JSON.stringify({ type: 'factor.added', timestamp: '…', data: {} });

  const sent = (at = new Date(), signedWith = secret) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(signedWith).sign('msg_1', at, body),
  });

  test('is read when one of the secrets signed it', () => {
    expect(readAlert(body, sent(), ['whsec_b3RoZXI=', secret])).toMatchObject({
      id: 'msg_1',
      type: 'factor.added',
    });
  });

  test.each<[string, () => unknown]>([
    ['another secret', () => readAlert(body, sent(new Date(), 'whsec_b3RoZXI='), [secret])],
    ['another body', () => readAlert(`${body} `, sent(), [secret])],
    [
      'no signature',
      () => readAlert(body, { 'webhook-timestamp': String(Date.now() / 1000) }, [secret]),
    ],
    ['no time', () => readAlert(body, { ...sent(), 'webhook-timestamp': 'now' }, [secret])],
    ['an old time', () => readAlert(body, sent(new Date(Date.now() - 301_000)), [secret])],
    ['a time to come', () => readAlert(body, sent(new Date(Date.now() + 303_000)), [secret])],
  ])('with %s is refused', (_, reading) => {
    expect(reading).toThrow('refused');
  });

  test('of each type is in the table of docs/webhooks.md, with the words of the description', () => {
    const rows = Object.entries(description.webhooks).map(
      ([type, { post }]) => `| \`${type}\` | ${post.summary} |`,
    );
    expect(rows).toHaveLength(alertTypes.length);
    expect(read('webhooks.md')).toContain(`| --- | --- |\n${rows.join('\n')}\n\n`);
  });
});
