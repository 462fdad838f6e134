/** The checks of the chaos suite see what they are there for, and take nothing else for it. */
import { expect, test } from '@jest/globals';
import { answers, slowness } from './checks/answers.ts';
import { denied } from './checks/denied.ts';
import { factors } from './checks/factors.ts';
import { live } from './checks/live.ts';
import { looks } from './checks/looks.ts';
import { once } from './checks/once.ts';
import { recorded } from './checks/recorded.ts';
import { replays } from './checks/replays.ts';
import { sendings } from './checks/sendings.ts';
import type { Attempt, Body, Call, Fault, FinalState, History, Message } from './history.ts';

const second = 1_000;

let calls = 0;

function asked(op: Call['op'], attempts: Attempt[], more: Partial<Call> = {}): Call {
  calls += 1;
  const who = { userId: 'ann', challengeId: 'c', code: null, report: null };
  return { id: calls, op, key: `key-${calls}`, ...who, attempts, ...more };
}

function at(
  startedAt: number,
  status: number | null,
  body: Body = {},
  more: Partial<Attempt> = {},
) {
  const answer = status === null ? null : { status, body };
  const attempt = { startedAt, endedAt: startedAt + 100, replica: 0, answer, replayed: false };
  return { ...attempt, ...more };
}

const guess = (code: string, ...attempts: Attempt[]) => asked('verify', attempts, { code });
const problem = (name: string, more: Body = {}) => ({ type: `/problems/${name}`, ...more });

function sent(digits: string, when: number, more: Partial<Message> = {}): Message {
  const ids = { challengeId: 'c', codeId: `of ${digits}`, userId: 'ann' };
  return { at: when, via: 'call', to: '+31610000000', digits, ...ids, ...more };
}

function fault(kind: Fault['kind'], from: number, to: number, more: Partial<Fault> = {}): Fault {
  return { kind, name: `${kind} away`, from, to, replica: null, forgets: false, ...more };
}

function history(
  given: Partial<Omit<History, 'finalState'>> & { finalState?: Partial<FinalState> },
): History {
  const finalState = { wrongGuesses: [], approved: [], lookedAt: [], factors: [], events: [] };
  const terms = { attempts: 5, codeTtlMs: 10 * second, unheardMs: 60 * second };
  return {
    terms,
    calls: [],
    messages: [],
    faults: [],
    log: [],
    ...given,
    finalState: { ...finalState, ...given.finalState },
  };
}

test('a code lets one request succeed, however often that one is answered', () => {
  const messages = [sent('1234', 0)];
  const replay = guess('1234', at(200, 200), at(400, 200, {}, { replayed: true }));
  expect(once(history({ messages, calls: [replay] }))).toEqual([]);
  const two = [guess('1234', at(200, 200)), guess('1234', at(200, 200))];
  expect(once(history({ messages, calls: two }))).toMatchObject([{ check: 'once' }]);
});

test('the same digits may come twice by chance, and then succeed twice', () => {
  const messages = [sent('1234', 0), sent('1234', 5 * second, { codeId: 'another' })];
  const two = [guess('1234', at(200, 200)), guess('1234', at(6 * second, 200))];
  expect(once(history({ messages, calls: two }))).toEqual([]);
});

test('a result is redeemed by one request', () => {
  const redeem = (jti: string) => asked('redeem', [at(0, 200, { jti })]);
  expect(once(history({ calls: [redeem('a'), redeem('b')] }))).toEqual([]);
  expect(once(history({ calls: [redeem('a'), redeem('a')] }))).toHaveLength(1);
});

test('a request sent again is answered again, unless Redis was away', () => {
  const twice = (status: number | null, replayed = false) =>
    asked('redeem', [at(0, 200), at(second, status, {}, { replayed })]);
  expect(replays(history({ calls: [twice(200, true), twice(null), twice(503)] }))).toEqual([]);
  expect(replays(history({ calls: [twice(409)] }))).toMatchObject([{ check: 'replays' }]);
  expect(replays(history({ calls: [twice(200)] }))).toHaveLength(1);
  expect(replays(history({ calls: [twice(409)], faults: [fault('redis', 0, second)] }))).toEqual(
    [],
  );
  const lostAtFirst = asked('redeem', [at(0, null), at(second, 200)]);
  expect(replays(history({ calls: [lostAtFirst] }))).toEqual([]);
});

const wrongGuess = (left: number, when: number) => {
  const code = { sentAt: new Date(second).toISOString(), attemptsRemaining: left };
  return guess(
    '0000',
    at(when, 422, problem('code-incorrect', { attemptsRemaining: left, challenge: { code } })),
  );
};
const start = (when = 0) => asked('start', [at(when, 201)]);

test('each look takes its own attempt, also when its answer was lost', () => {
  const finalState = { wrongGuesses: ['c', 'c'] };
  const counted = [start(), wrongGuess(4, 2 * second), wrongGuess(3, 3 * second)];
  expect(looks(history({ calls: counted, finalState }))).toEqual([]);
  const uncounted = [start(), wrongGuess(4, 2 * second), wrongGuess(4, 3 * second)];
  expect(looks(history({ calls: uncounted, finalState }))).toMatchObject([{ check: 'looks' }]);
  const lookedAt = [4, 4].map((attemptsRemaining) => ({ challengeId: 'c', attemptsRemaining }));
  expect(looks(history({ calls: [start()], finalState: { lookedAt } }))).toHaveLength(1);
  expect(looks(history({ calls: [start(), start()], finalState: { lookedAt } }))).toEqual([]);
});

test('only to a code that is alive when Redis forgets, looks may be given again', () => {
  const finalState = { wrongGuesses: ['c', 'c'] };
  const calls = [start(), wrongGuess(4, 2 * second), wrongGuess(4, 3 * second)];
  const forgets = (from: number) => [fault('redis', from, from + second, { forgets: true })];
  expect(looks(history({ calls, finalState, faults: forgets(2 * second) }))).toEqual([]);
  expect(looks(history({ calls, finalState, faults: forgets(90 * second) }))).toHaveLength(1);
  const paused = [fault('redis', 2 * second, 3 * second)];
  expect(looks(history({ calls, finalState, faults: paused }))).toHaveLength(1);
});

test('a wrong guess stays on the account, unless it was approved or an administrator cleared it', () => {
  const wrong = [start(), wrongGuess(4, 2 * second)];
  expect(looks(history({ calls: wrong }))).toMatchObject([
    { what: '1 wrong guesses, 0 of them on the account' },
  ]);
  expect(looks(history({ calls: wrong, finalState: { wrongGuesses: ['c'] } }))).toEqual([]);
  expect(looks(history({ calls: wrong, finalState: { approved: ['c'] } }))).toEqual([]);
  const unlock = (when: number) => asked('unlock', [at(when, 204)]);
  expect(looks(history({ calls: [...wrong, unlock(3 * second)] }))).toEqual([]);
  expect(looks(history({ calls: [...wrong, unlock(second)] }))).toHaveLength(1);
});

test('every success had a code that was sent', () => {
  const calls = [guess('1234', at(second, 200))];
  expect(live(history({ calls, messages: [sent('1234', 0)] }))).toEqual([]);
  expect(live(history({ calls, messages: [sent('9999', 0)] }))).toMatchObject([{ check: 'live' }]);
});

test('a code dies of age: 60 seconds after a call, its own time after an answer or a push', () => {
  const [call, push] = [sent('1234', 0), sent('1234', 0, { via: 'push' })];
  const late = (when: number) => [guess('1234', at(when, 200))];
  expect(live(history({ calls: late(55 * second), messages: [call] }))).toEqual([]);
  expect(live(history({ calls: late(65 * second), messages: [call] }))).toHaveLength(1);
  expect(live(history({ calls: late(15 * second), messages: [push] }))).toHaveLength(1);
  const report = { codeId: 'of 1234', state: 'in-progress' };
  const heard = asked('report', [at(second, 204)], { report });
  expect(live(history({ calls: [heard, ...late(9 * second)], messages: [call] }))).toEqual([]);
  expect(live(history({ calls: [heard, ...late(20 * second)], messages: [call] }))).toHaveLength(1);
  const busy = asked('report', [at(0, 204)], { report: { ...report, state: 'busy' } });
  expect(live(history({ calls: [busy, heard, ...late(20 * second)], messages: [call] }))).toEqual(
    [],
  );
});

test('a newer code and a cancellation end a code, unless Redis may have forgotten them', () => {
  const messages = [sent('1234', 0), sent('5678', 5 * second + 50)];
  const send = asked('send', [at(5 * second, 202)]);
  const cancel = asked('cancel', [at(5 * second, 204)]);
  const after = guess('1234', at(6 * second, 200));
  const before = guess('1234', at(4 * second, 200));
  const meanwhile = guess('1234', at(5 * second + 20, 200));
  expect(live(history({ calls: [send, after], messages }))).toHaveLength(1);
  expect(live(history({ calls: [send, before], messages }))).toEqual([]);
  expect(live(history({ calls: [send, meanwhile], messages }))).toEqual([]);
  const [first] = messages;
  const alone = first ? [first] : [];
  expect(live(history({ calls: [cancel, after], messages: alone }))).toHaveLength(1);
  const faults = [fault('redis', 5 * second, 6 * second, { forgets: true })];
  expect(live(history({ calls: [send, cancel, after], messages, faults }))).toEqual([]);
});

test('a request that comes again shows the code that it had sent before, once a report says that it was not lost', () => {
  const lost = at(second, 502, { type: '/problems/delivery-failed' }, { endedAt: 3 * second });
  const shown = (when: number) => at(4 * second, 202, { code: { sentAt: new Date(when) } });
  const messages = [sent('1234', 2 * second)];
  const guessed = guess('1234', at(5 * second, 200));
  const again = asked('send', [lost, shown(2 * second)]);
  expect(live(history({ calls: [again, guessed], messages }))).toEqual([]);
  const anew = asked('send', [lost, shown(4 * second + 20)]);
  expect(live(history({ calls: [anew, guessed], messages }))).toHaveLength(1);
});

test('of two sendings at once, either code may be the one that is alive', () => {
  const messages = [sent('1234', 3 * second), sent('5678', 5 * second)];
  const [slow, quick] = [
    asked('send', [at(second, 202, {}, { endedAt: 5 * second })]),
    start(second),
  ];
  const refused = asked('send', [at(4 * second, 429)]);
  const guessed = guess('1234', at(6 * second, 200));
  expect(live(history({ calls: [slow, quick, refused, guessed], messages }))).toEqual([]);
});

test('no more is sent than was asked for, and nothing twice', () => {
  const [one, other] = [sent('1234', 0), sent('5678', second)];
  const calls = [start()];
  expect(sendings(history({ calls, messages: [one] }))).toEqual([]);
  expect(sendings(history({ calls, messages: [one, one] }))).toMatchObject([
    { what: 'one code was sent 2 times' },
  ]);
  expect(sendings(history({ calls, messages: [one, other] }))).toHaveLength(1);
  const lost = asked('send', [at(second, null)]);
  expect(sendings(history({ calls: [...calls, lost], messages: [one, other] }))).toEqual([]);
  const refused = asked('send', [at(second, 429)]);
  expect(sendings(history({ calls: [...calls, refused], messages: [one, other] }))).toHaveLength(1);
});

test('a start that is done again, since Redis forgot its answer, has a challenge and a code of its own', () => {
  const again = asked('start', [at(0, 201, { id: 'c' }), at(second, 201, { id: 'd' })]);
  const send = asked('send', [at(2 * second, 202)], { challengeId: 'd' });
  const inD = (digits: string, when: number) => sent(digits, when, { challengeId: 'd' });
  const messages = [sent('1111', 0), inD('2222', second), inD('3333', 2 * second)];
  const calls = [again, send];
  expect(sendings(history({ calls, messages }))).toEqual([]);
  expect(
    sendings(history({ calls, messages: [...messages, inD('4444', 3 * second)] })),
  ).toHaveLength(1);
  expect(sendings(history({ calls, messages: [...messages, sent('5555', 0)] }))).toHaveLength(1);
  expect(sendings(history({ calls: [again], messages: messages.slice(0, 2) }))).toEqual([]);
});

test('an unknown challenge comes from a lost start', () => {
  const messages = [sent('1234', 0)];
  const lost = asked('start', [at(0, null)], { challengeId: null });
  expect(sendings(history({ calls: [lost], messages }))).toEqual([]);
  const report = asked('report', [at(second, 204)]);
  const erased = asked('start', [at(0, 401, problem('challenge-expired'))], { challengeId: null });
  expect(sendings(history({ calls: [erased, report], messages }))).toEqual([]);
  const others = asked('start', [at(0, null)], { challengeId: null, userId: 'bob' });
  expect(sendings(history({ calls: [others], messages }))).toHaveLength(1);
});

test('nothing fails while all is well, and with what is broken only as it must', () => {
  const of = (status: number | null, faults: Fault[] = [], body: Body = {}) =>
    answers(history({ calls: [asked('look', [at(20 * second, status, body)])], faults })).length;
  const [store, provider] = [fault('redis', 0, 15 * second), fault('provider', 0, 15 * second)];
  const killed = (replica: number) => [fault('replica', 0, 15 * second, { replica })];
  expect([of(200), of(503), of(null), of(502), of(500)]).toEqual([0, 1, 1, 1, 1]);
  expect([of(503, [store]), of(500, [store]), of(null, [store])]).toEqual([0, 1, 1]);
  expect([of(502, [provider]), of(503, [provider])]).toEqual([0, 1]);
  expect([of(null, killed(0)), of(null, killed(1))]).toEqual([0, 1]);
  const failed = { code: { delivery: 'failed' } };
  expect([of(201, [], failed), of(201, [provider], failed)]).toEqual([1, 0]);
});

test('it has 10 seconds to recover, and no more', () => {
  const calls = [asked('look', [at(20 * second, 503)])];
  const until = (to: number) => answers(history({ calls, faults: [fault('postgres', 0, to)] }));
  expect(until(11 * second)).toEqual([]);
  expect(until(9 * second)).toHaveLength(1);
});

test('while a store is away nobody waits, except for a provider or a long poll', () => {
  const took = (op: Call['op'], ms: number, ...more: Fault[]) => {
    const calls = [asked(op, [at(second, 200, {}, { endedAt: second + ms })])];
    return slowness(history({ calls, faults: [fault('redis', 0, 5 * second), ...more] })).length;
  };
  expect([took('look', 1_400), took('look', 1_600), took('wait', 3_400)]).toEqual([0, 1, 0]);
  expect(took('send', 5_600, fault('provider', 0, 5 * second))).toBe(0);
});

test('a call waits for one on a known device of its user, or makes room for it, and for no other', () => {
  const took = (op: Call['op'], userId: string, ms: number) => {
    const failed = { code: { delivery: 'failed' } };
    const known = asked('start', [at(0, 201)], { knownDevice: true, userId });
    const later = asked(op, [at(second, 201, failed, { endedAt: second + ms })]);
    const faults = [fault('redis', 0, 5 * second)];
    const given = history({ calls: [known, later], faults });
    return [answers(given).length, slowness(given).length];
  };
  expect(took('start', 'ann', 4_400)).toEqual([0, 0]);
  expect(took('start', 'ann', 4_600)).toEqual([0, 1]);
  expect(took('start', 'bob', 4_400)).toEqual([1, 1]);
  expect(took('look', 'ann', 4_400)).toEqual([0, 1]);
  expect(took('look', 'bob', 1_400)).toEqual([1, 0]);
});

test('a login whose user is reset while it begins is told to begin again, and no other', () => {
  const begun = (reset: number, op: Call['op'] = 'start') => {
    const calls = [asked(op, [at(second, 503)]), asked('reset', [at(reset, 204)])];
    return answers(history({ calls })).length;
  };
  expect([begun(second), begun(3 * second), begun(second, 'send')]).toEqual([0, 1, 1]);
});

test('a slow Redis may make a send slow, and nothing else', () => {
  const took = (op: Call['op'], ms: number) => {
    const calls = [asked(op, [at(second, 201, {}, { endedAt: second + ms })])];
    const slow = fault('redis', 0, 5 * second, { name: 'Redis: slow' });
    return slowness(history({ calls, faults: [slow] })).length;
  };
  expect([took('start', 2_400), took('start', 2_600), took('look', 1_900)]).toEqual([0, 1, 1]);
});

test('a user with factors has one primary, and each was confirmed', () => {
  const factor = { userId: 'ann', id: 'f', method: 'call', address: '+31610000000', primary: true };
  const given = { messages: [sent('1234', 0)], calls: [guess('1234', at(second, 200))] };
  const found = (...all: (typeof factor)[]) =>
    factors(history({ ...given, finalState: { factors: all } }));
  expect(found(factor)).toEqual([]);
  expect(found({ ...factor, primary: false })).toHaveLength(1);
  expect(found(factor, { ...factor, id: 'g' })).toHaveLength(1);
  expect(found({ ...factor, address: '+31699999999' })).toMatchObject([{ check: 'factors' }]);
  const refused = { ...given, calls: [guess('1234', at(second, 422))] };
  expect(factors(history({ ...refused, finalState: { factors: [factor] } }))).toHaveLength(1);
});

test('each event that an answer implies is in the trail, as often as it was answered', () => {
  const wrong = problem('code-incorrect');
  const twice = [guess('0000', at(0, 422, wrong)), guess('0001', at(200, 422, wrong))];
  const both = ['code.wrong c', 'code.wrong c'];
  expect(recorded(history({ calls: twice, finalState: { events: both } }))).toEqual([]);
  expect(
    recorded(history({ calls: twice, finalState: { events: ['code.wrong c'] } })),
  ).toHaveLength(1);
  const lost = guess('0002', at(400, null), at(600, 503));
  expect(recorded(history({ calls: [lost] }))).toEqual([]);
});

test('after a denial nothing of its challenge lets anybody in, but for a code that Redis forgot the end of', () => {
  const denial = asked('deny', [at(second, 204)]);
  const found = (call: Call, ...faults: Fault[]) => {
    return denied(history({ calls: [denial, call], faults })).map(({ what }) => what);
  };
  const redeem = (when: number) => asked('redeem', [at(when, 200)]);
  expect(found(redeem(500))).toEqual([]);
  expect(found(redeem(2 * second))).toEqual(['redeem succeeded in a challenge that was denied']);
  expect(found(guess('1234', at(2 * second, 422)))).toEqual([]);
  expect(found(guess('1234', at(2 * second, 200)))).toHaveLength(1);
  const forgets = fault('redis', second, 2 * second, { forgets: true });
  expect(found(guess('1234', at(3 * second, 200)), forgets)).toEqual([]);
  expect(found(redeem(3 * second), forgets)).toHaveLength(1);
});

test('an edit takes its wrong guesses off when its second factor is proved', () => {
  const edit = (purpose: string) => asked('start', [at(0, 201, { purpose })]);
  const calls = (purpose: string) => [edit(purpose), wrongGuess(4, 2 * second)];
  const proof = guess('1234', at(3 * second, 200, { status: 'edit' }));
  expect(looks(history({ calls: [...calls('edit'), proof] }))).toEqual([]);
  expect(looks(history({ calls: calls('edit') }))).toHaveLength(1);
  expect(looks(history({ calls: [...calls('login'), proof] }))).toHaveLength(1);
});
