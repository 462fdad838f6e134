import { beforeAll, describe, expect, test } from '@jest/globals';
import { enrolled, problem, somebody, startService, useService } from '../support/service.ts';

const service = useService({ policy: null });
beforeAll(async () => {
  for (const policy of ['off', 'optional', 'mandatory']) {
    await service.organization({ policy }, policy);
  }
});

const inOff = { organizationId: 'off' };
const inOptional = { organizationId: 'optional' };
const inMandatory = { organizationId: 'mandatory' };

/** A sign-in that names no device can set up a phone alone. */
const withoutApp = {
  methods: ['call'],
  unavailable: [{ method: 'push', reason: 'no-device' }],
};

const passwordAlone = { status: 'approved', code: null, result: { amr: ['pwd'] } };

describe('someone who never set up a second factor', () => {
  test('is let in at once where the policy is off', async () => {
    const { challenge } = await somebody(service, inOff).signIn();
    expect(challenge).toMatchObject({ ...passwordAlone, policy: 'off', enrolment: null });
  });

  test('is let in at once by an unknown organization', async () => {
    const { challenge } = await somebody(service, { organizationId: 'unheard-of' }).signIn();
    expect(challenge).toMatchObject({ ...passwordAlone, policy: 'off', language: 'nl-NL' });
  });

  test('is asked to set one up where the policy is optional, and may put it off', async () => {
    const user = somebody(service, inOptional);
    const screen = await user.signIn();
    const enrolment = { step: 'primary', skippable: true, ...withoutApp };
    expect(screen.challenge).toMatchObject({
      status: 'enrol',
      code: null,
      result: null,
      enrolment,
    });
    expect(await screen.skip()).toMatchObject({ status: 200, body: passwordAlone });
    const next = await user.signIn();
    expect(next.challenge).toMatchObject({ status: 'enrol', enrolment });
  });

  test('must set one up where the policy is mandatory', async () => {
    const screen = await somebody(service, inMandatory).signIn();
    const enrolment = { step: 'primary', skippable: false, ...withoutApp };
    const asked = { status: 'enrol', code: null, result: null, enrolment };
    expect(screen.challenge).toMatchObject(asked);
    expect(await screen.skip()).toMatchObject(
      problem(403, 'enrolment-required', { challenge: asked }),
    );
  });

  test('is offered only the methods that this service has', async () => {
    const calls = await startService({ env: { METHODS: 'call' } });
    await calls.organization({ policy: 'mandatory' });
    const screen = await somebody(calls).signIn();
    expect(screen.challenge.enrolment?.methods).toEqual(['call']);
    expect(await screen.addPush()).toMatchObject(
      problem(400, 'invalid-request', { errors: [{ pointer: '/method' }] }),
    );
    await calls.close();
  });
});

describe('someone with a second factor', () => {
  test.each([inOptional, inMandatory])('is asked for it: %o', async (organization) => {
    const user = await enrolled(service, organization);
    const { challenge } = await user.signIn();
    expect(challenge).toMatchObject({ status: 'verify', result: null, enrolment: null });
  });

  test('may not put off what is optional once it is set up', async () => {
    const user = await enrolled(service, inOptional);
    const screen = await user.signIn();
    expect(await screen.skip()).toMatchObject(problem(403, 'verification-required'));
    expect((await screen.look()).body.status).toBe('verify');
  });

  test('is not asked for a code when the policy is off, and gets no call', async () => {
    await service.organization({ policy: 'mandatory' }, 'relaxing');
    const user = await enrolled(service, { organizationId: 'relaxing' });
    await service.organization({ policy: 'off' }, 'relaxing');
    const calls = service.twilio.requests.length;
    const { challenge } = await user.signIn();
    expect(challenge).toMatchObject(passwordAlone);
    expect(service.twilio.requests).toHaveLength(calls);
  });
});

describe('a change of policy', () => {
  test('leaves a challenge that is under way as it was', async () => {
    await service.organization({ policy: 'optional', backup: 'offered' }, 'changing');
    const skipper = await somebody(service, { organizationId: 'changing' }).signIn();
    const enroller = somebody(service, { organizationId: 'changing' });
    const screen = await enroller.signIn();
    await service.organization({ policy: 'mandatory', backup: 'required' }, 'changing');

    expect((await skipper.look()).body).toMatchObject({ status: 'enrol', policy: 'optional' });
    expect((await skipper.skip()).body).toMatchObject(passwordAlone);
    await screen.addPhone(enroller.phone);
    expect((await screen.enter(enroller.heard())).body.enrolment.skippable).toBe(true);
    expect((await screen.skip()).body.status).toBe('approved');
  });

  test('to off does not let anyone past a question already asked', async () => {
    await service.organization({ policy: 'mandatory' }, 'loosening');
    const user = await enrolled(service, { organizationId: 'loosening' });
    const screen = await user.signIn();
    await service.organization({ policy: 'off' }, 'loosening');
    expect((await screen.look()).body).toMatchObject({ status: 'verify', policy: 'mandatory' });
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('is seen by the next login on every replica', async () => {
    const many = await startService({ replicas: 2 });
    await many.organization({ policy: 'off' });
    const user = somebody(many);
    expect((await user.signIn({}, { replica: 1 })).challenge.status).toBe('approved');
    await many.organization({ policy: 'mandatory' });
    expect((await user.signIn({}, { replica: 1 })).challenge.status).toBe('enrol');
    await many.close();
  });
});

describe('a step-up', () => {
  const stepUp = { purpose: 'step-up' };

  test('asks for the second factor even where the policy is off', async () => {
    await service.organization({ policy: 'mandatory' }, 'turned-off');
    const user = await enrolled(service, { organizationId: 'turned-off' });
    await service.organization({ policy: 'off' }, 'turned-off');
    const screen = await user.signIn(stepUp);
    expect(screen.challenge).toMatchObject({ status: 'verify', purpose: 'step-up', policy: 'off' });
    const done = await screen.enter(user.heard());
    expect(done.body).toMatchObject({
      status: 'approved',
      purpose: 'step-up',
      result: { amr: ['pwd', 'mfa', 'otp', 'tel'] },
    });
  });

  test('asks nothing else: not for a backup that is required either', async () => {
    await service.organization({ policy: 'mandatory' }, 'backed-up');
    const user = await enrolled(service, { organizationId: 'backed-up' });
    await service.organization({ policy: 'mandatory', backup: 'required' }, 'backed-up');
    const screen = await user.signIn(stepUp);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('is refused to a user without a factor to prove', async () => {
    const answer = await service.start({ ...inMandatory, userId: 'bare', purpose: 'step-up' });
    expect(answer).toMatchObject(problem(409, 'no-factor'));
  });
});
