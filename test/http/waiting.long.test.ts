/** What a screen that waits costs: there are more of these than of logins. */
import { expect, test } from '@jest/globals';
import { watchPostgres } from '../support/postgres-wire.ts';
import { freshDatabase } from '../support/servers.ts';
import { enrolled, startService } from '../support/service.ts';

test('while nothing changes, a screen that waits asks PostgreSQL when it begins and when it ends', async () => {
  const wire = await watchPostgres(await freshDatabase());
  const service = await startService({ databaseUrl: wire.url });
  try {
    await service.organization({ policy: 'mandatory' });
    const { token } = await (await enrolled(service)).signIn();
    wire.take();
    // Twice as long as it waits for a message before it looks again.
    const answer = await service.call('GET', '/v1/challenge?wait=13', { bearer: token });
    expect(answer).toMatchObject({ status: 200, body: { status: 'verify' } });
    const reads = wire.take().statements.filter((text) => text.includes('load_users('));
    expect(reads).toHaveLength(2);
  } finally {
    await service.close();
    await wire.close();
  }
});
