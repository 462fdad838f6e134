/**
 * The attack: someone who knows the password does all they can, at full speed and on three replicas, until every
 * budget and the lock of their lane are used up. The owner signs in on a known device meanwhile, and afterwards.
 * Then the same with the token of the device copied. Each also runs on a build that is broken on purpose: the
 * attack must succeed there.
 */
import { afterEach, describe, expect, test } from '@jest/globals';
import { sealing } from '../../src/adapters/sealing.ts';
import { codeSaidFor } from '../support/fakes/called-for.ts';
import { accountOf, eventsOf, query } from '../support/guessing.ts';
import { type Browser, onKnownDevice } from '../support/known-browser.ts';
import { useService, wrong } from '../support/service.ts';

const service = useService({
  replicas: 3,
  env: {
    PUBLIC_URL: 'https://2fa.example',
    STARTS_PER_USER_MINUTE: '10',
    TOKEN_USES_PER_MINUTE: '120',
    CODES_PER_USER_UNAPPROVED: '5',
    CODES_PER_USER_HOUR: '20',
    CODES_PER_USER_DAY: '50',
  },
});

type Person = Awaited<ReturnType<typeof onKnownDevice>>['user'];
const repairs: string[] = [];
afterEach(async () => {
  for (const sql of repairs.splice(0)) await query(service, sql);
});

/** A build that recognizes no device: all are in the strangers' lane. */
async function withoutLanes(): Promise<void> {
  const signature = 'recognize_device(p_change jsonb, p_known boolean';
  repairs.push(`DROP FUNCTION ${signature});
    ALTER FUNCTION recognize_as_built RENAME TO recognize_device`);
  await query(
    service,
    `ALTER FUNCTION recognize_device RENAME TO recognize_as_built;
     CREATE FUNCTION ${signature}, OUT outcome text, OUT device text) LANGUAGE plpgsql
       AS $$ BEGIN outcome := 'unknown'; END $$`,
  );
}

/** A build in which no token dies. */
async function withoutRotation(): Promise<void> {
  repairs.push('DROP FUNCTION keep_alive CASCADE');
  await query(
    service,
    `CREATE FUNCTION keep_alive() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN NEW.dies_at := NULL; RETURN NEW; END $$;
     CREATE TRIGGER keep_alive BEFORE UPDATE ON known_device_tokens
       FOR EACH ROW EXECUTE FUNCTION keep_alive()`,
  );
}

/** Starts, sends and guesses until nothing but refusals comes back. Answers how many calls were made. */
async function rage(user: Person, over: () => boolean): Promise<number> {
  let calls = 0;
  const one = async (replica: number) => {
    for (let refused = 0; refused < 25 && !over(); calls += 1) {
      const { status, body } = await service.start({ userId: user.userId }, { replica });
      refused = status === 201 && body.status === 'verify' ? 0 : refused + 1;
      if (status !== 201) continue;
      const asked = { bearer: body.challengeToken, replica };
      const guess = wrong(user.heard());
      const act = (path: string, given: object) =>
        service.call('POST', `/v1/challenge/${path}`, { ...asked, body: given });
      await Promise.all([
        ...Array.from({ length: 6 }, () => act('verify', { code: guess })),
        act('code', {}),
      ]);
      calls += 7;
    }
  };
  await Promise.all(Array.from({ length: 9 }, (_, i) => one(i % 3)));
  return calls;
}

const sealed = () => sealing(service.secrets);

/** What became of logins of the owner: the status after the code, or why there was none. */
async function signInOnDevice(browser: Browser, times: number): Promise<string[]> {
  const ends: string[] = [];
  for (let i = 0; i < times; i += 1) {
    const screen = await browser.signIn({}, { replica: i % 3 });
    const { status, code, noCode } = screen.challenge;
    if (status !== 'verify' || !code) ends.push(noCode?.reason ?? status ?? 'not started');
    else {
      const heard = () => codeSaidFor(screen.challenge.id, service.twilio.requests, sealed());
      const first = await screen.enter(heard(), { replica: (i + 1) % 3 });
      // The price: the ninth wrong guess made the four digits worthless. Another code comes at once.
      const careful = first.body.type === '/problems/attempts-exhausted';
      if (careful) await screen.send();
      const { body } = careful ? await screen.enter(heard()) : first;
      ends.push(body.status === 'approved' ? 'approved' : body.type);
      if (body.result) await browser.redeem(body.result.token);
    }
  }
  return ends;
}

/** The owner signs in three times while the thief rages, and three times when nothing is left to them. */
async function attack() {
  const { user, browser } = await onKnownDevice(service);
  await service.advance(61_000);
  let done = false;
  const raging = rage(user, () => done);
  const during = await signInOnDevice(browser, 3);
  done = true;
  const calls = await raging;
  for (let round = 0; round < 8; round += 1) {
    await service.advance(15 * 60_000);
    await rage(user, () => false);
  }
  const after = await signInOnDevice(browser, 3);
  return { user, calls, ends: [...during, ...after] };
}

describe('a thief who knows the password, at full speed', () => {
  test('keeps the owner on a known device waiting for nothing', async () => {
    const { user, calls, ends } = await attack();
    expect(calls).toBeGreaterThan(20);
    expect(ends).toEqual(Array(6).fill('approved'));
    await service.advance(61_000);
    const { body } = await service.start({ userId: user.userId });
    expect(body.status).toBe('locked');
    const account = await accountOf(service, user);
    expect(account.short).toBeLessThanOrEqual(9);
    expect(account.long).toBeLessThanOrEqual(20);
  }, 240_000);

  test('locks the owner out of a build without lanes', async () => {
    await withoutLanes();
    const { ends } = await attack();
    expect(ends.slice(-3)).not.toContain('approved');
  }, 240_000);
});

describe('a thief who also copied the token of the device', () => {
  /** Both sign in, days apart, each with what they got last. Answers how often until somebody is a stranger. */
  async function share(times: number) {
    const { user, browser } = await onKnownDevice(service);
    const thief = browser.copy();
    for (let day = 1; day <= times; day += 1) {
      for (const one of [browser, thief]) {
        const screen = await one.signIn({}, { replica: day % 3 });
        if (!screen.challenge.knownDevice?.recognized) return { user, day };
        // Whoever holds the phone for a moment can redeem: both have the code here.
        await one.finish(screen);
        await service.advance(2 * 60_000);
      }
    }
    return { user, day: null };
  }

  test('is found out at the second login of either, with an alert', async () => {
    const { user, day } = await share(5);
    expect(day).toBeLessThanOrEqual(2);
    expect(await eventsOf(service, user.userId, 'known-device.stolen')).toHaveLength(1);
  });

  test('shares the device for ever on a build without rotation', async () => {
    await withoutRotation();
    const { user, day } = await share(5);
    expect(day).toBeNull();
    expect(await eventsOf(service, user.userId, 'known-device.stolen')).toEqual([]);
  });
});
