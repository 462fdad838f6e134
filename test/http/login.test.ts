import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  aPhone,
  enrolledUser,
  type Service,
  signIn,
  startService,
  wrong,
} from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await service.organization({ policy: 'mandatory' });
});
afterAll(() => service.close());

const code = () => service.twilio.codeFor(aPhone);

describe('"Inloggen als 2FA is ingeschakeld"', () => {
  beforeAll(() => enrolledUser(service));

  test('the phone rings at once, and the code lets the user in', async () => {
    const screen = await signIn(service);
    expect(screen.challenge).toMatchObject({
      status: 'verify',
      policy: 'mandatory',
      factors: [{ method: 'call', role: 'primary', hint: '316*****78' }],
      code: { method: 'call', hint: '316*****78', length: 4, attemptsRemaining: 5 },
      enrolment: null,
      result: null,
    });
    const approved = await screen.enter(code());
    expect(approved.status).toBe(200);
    expect(approved.body).toMatchObject({
      status: 'approved',
      code: null,
      result: { amr: ['pwd', 'mfa', 'otp', 'tel'] },
    });
    expect(wrong(code())).not.toBe(code());
  });
});
