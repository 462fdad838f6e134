/**
 * The attacks on a pass for a lost phone. Each is also tried on a build without the protection, where it has to succeed:
 * so it is a real one.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { enrolled, problem, type Service, somebody, useService } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';

const built = useService({ replicas: 3 });
const broken = useService({ replicas: 3 });

/** Replicas that look whether a pass is good, and use it up later; and for which a password sets up a factor. */
beforeAll(async () => {
  for (const { recoverySecrets, users } of broken.deps) {
    recoverySecrets.use = async () => true;
    const load = users.load.bind(users);
    users.load = async (key) => {
      const user = await load(key);
      const { organization } = user;
      return { ...user, organization: organization && { ...organization, firstSetup: 'open' } };
    };
  }
  for (const service of [built, broken])
    await service.organization({ policy: 'mandatory', firstSetup: 'pass' }, 'careful');
});

const builds: [name: string, service: Service, succeeds: boolean][] = [
  ['the service', built, false],
  ['a build without the protection', broken, true],
];

describe.each(builds)('on %s', (_name, service, succeeds) => {
  test('a pass that is used 60 times at once, on three replicas', async () => {
    const user = await enrolled(service);
    const helpdesk = { userId: user.userId, actor: 'helpdesk', bearer: service.keys.recovery };
    const { pass } = (await atSettings(service, helpdesk).makePass()).body;
    const screens = await Promise.all(
      Array.from({ length: 6 }, () => user.signIn({ send: false })),
    );
    const uses = screens.flatMap((screen) =>
      Array.from({ length: 10 }, (_, i) => screen.prove({ pass }, { replica: i % 3 })),
    );
    const approved = (await Promise.all(uses)).filter(({ body }) => body.status === 'approved');
    const letIn = new Set(approved.map(({ body }) => body.id)).size;
    expect(letIn > 1).toBe(succeeds);
    expect(letIn).toBeGreaterThan(0);
  });

  test('a password alone, after a reset', async () => {
    const thief = somebody(service, { organizationId: 'careful' });
    const screen = await thief.signIn();
    const added = await screen.addPhone(thief.phone);
    if (succeeds) expect(added.status).toBe(201);
    else expect(added).toMatchObject(problem(403, 'verification-required'));
    expect(service.twilio.codeFor(thief.phone) !== null).toBe(succeeds);
  });
});
