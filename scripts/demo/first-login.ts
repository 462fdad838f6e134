import type { Backend, Redeemed } from './api-client.ts';

/**
 * A user without a factor sets up a phone and is let in. The backend redeems the result.
 *
 * @param heardCode the code that the phone says; waits for the call.
 */
export async function playFirstLogin(
  backend: Backend,
  heardCode: () => Promise<string>,
): Promise<Redeemed> {
  await backend.saveOrganization('acme', { policy: 'optional' });
  const user = { organizationId: 'acme', userId: '42', app: { name: 'company-panel' } };
  const page = await backend.start(user);
  await page.addFactor({ method: 'call', phoneNumber: '06 12345678' });
  await page.verify(await heardCode());
  const { result } = await page.skip();
  return backend.redeem(result?.token ?? '');
}
