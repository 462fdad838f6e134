import {
  type Body,
  type Call,
  type History,
  inWords,
  isDefinite,
  problemOf,
  type Violation,
} from '../history.ts';

/** Each event that an answer implies is in the audit trail, as often as it was answered. */
export function recorded({ calls, finalState }: History): Violation[] {
  const left = new Map<string, number>();
  for (const event of finalState.events) left.set(event, (left.get(event) ?? 0) + 1);
  return calls.flatMap((call) =>
    eventsAnsweredBy(call).flatMap((event) => {
      const count = left.get(event) ?? 0;
      if (!repeatable.test(event)) left.set(event, count - 1);
      if (count > 0 || isEndedBefore(event, left)) return [];
      const all = calls.filter((one) => one === call || isOfOneChallenge(one, call));
      const what = `${event} of #${call.id} is not in the trail`;
      return { check: 'recorded', what, requests: all.map((one) => inWords(one)) };
    }),
  );
}

function isOfOneChallenge({ challengeId: one }: Call, { challengeId: other }: Call): boolean {
  return one !== null && one === other;
}

/** What may be asked for again when it has happened already, and then is no event. */
const repeatable = /^(challenge.cancelled|challenge.denied|user.policy-changed) /;

/** A denial ends the others of its lane too: each of these is cancelled, and not denied or cancelled again. */
function isEndedBefore(event: string, events: Map<string, number>): boolean {
  const [type, challengeId] = event.split(' ');
  const ends = ['challenge.denied', 'challenge.cancelled'];
  return ends.includes(String(type)) && ends.some((one) => events.has(`${one} ${challengeId}`));
}

/** What the answer to a call tells has happened: each as `type subject`. */
export function eventsAnsweredBy(call: Call): string[] {
  const attempt = call.attempts.find(isDefinite);
  const { status, body } = attempt?.answer ?? { status: 0, body: {} };
  const { op, userId, challengeId: id, confirms } = call;
  const sent = body['code']?.delivery === 'accepted' ? [`code.sent ${id}`] : [];
  const done = body['status'] === 'approved' ? [`challenge.approved ${id}`] : [];
  switch (`${op} ${status}`) {
    case 'start 201':
      return [`challenge.started ${id}`, ...sent];
    case 'enrol 201':
      return sent;
    case 'verify 200':
      if (done.length > 0) return done;
      // Its screen may be older than a factor that was added elsewhere, and then asks for another code.
      return body['factors']?.some((factor: Body) => factor['id'] === confirms)
        ? [`factor.added ${id}`]
        : [];
    case 'verify 422':
      return attempt && problemOf(attempt) === 'code-incorrect' ? [`code.wrong ${id}`] : [];
    case 'skip 200':
      return [`enrolment.skipped ${id}`, ...done];
    case 'done 200':
      return done;
    case 'deny 204':
      return [`challenge.denied ${id}`];
    case 'cancel 204':
      return [`challenge.cancelled ${id}`];
    case 'unlock 204':
      return [`user.unlocked ${userId}`];
    case 'policy 200':
      return [`user.policy-changed ${userId}`];
    default:
      return [];
  }
}
