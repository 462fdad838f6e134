import { type History, inWords, type Message, type Violation } from '../history.ts';
import { maySend, sendsIn, startedChallenges } from './send-requests.ts';

/** No more calls are placed than sendings accepted, and none twice. */
export function sendings(history: History): Violation[] {
  const challenges = Map.groupBy(history.messages, ({ challengeId }) => challengeId);
  const known = startedChallenges(history);
  const started = [...challenges].filter(([id]) => known.has(id));
  const untold = [...challenges].filter(([id]) => !known.has(id)).flatMap(([, all]) => all);
  return [
    ...repeated(history.messages),
    ...started.flatMap(([id, messages]) => unaskedIn(history, id, messages)),
    ...unaskedOf(history, untold),
  ];
}

function repeated(messages: Message[]): Violation[] {
  const groups = Map.groupBy(messages, ({ via, to, codeId }) => `${via} ${to} ${codeId}`);
  return [...groups.values()].flatMap((group) =>
    group.length > 1 ? violation(`one code was sent ${group.length} times`, group) : [],
  );
}

const codesIn = (messages: Message[]) => new Set(messages.map(({ codeId }) => codeId)).size;

function unaskedIn(history: History, challengeId: string, messages: Message[]): Violation[] {
  const sends = sendsIn(history, challengeId);
  const asked = sends.flatMap(({ attempts }) => attempts.filter(maySend)).length;
  const codes = codesIn(messages);
  if (codes <= asked) return [];
  const { requests, ...rest } = violation(`${codes} codes for ${asked} sendings`, messages);
  return [{ ...rest, requests: [...requests, ...sends.map((call) => inWords(call))] }];
}

/** Of challenges whose beginning was answered to nobody: each such beginning sends one code at most. */
function unaskedOf({ calls }: History, messages: Message[]): Violation[] {
  return [...Map.groupBy(messages, ({ userId }) => userId)].flatMap(([userId, group]) => {
    const starts = calls.filter(({ op, userId: of }) => /start|add/.test(op) && of === userId);
    const untold = starts.flatMap(({ attempts }) =>
      attempts.filter((one) => maySend(one) && one.answer?.status !== 201),
    );
    const asked = untold.length;
    const codes = codesIn(group);
    return codes > asked ? violation(`${codes} codes for ${asked} lost beginnings`, group) : [];
  });
}

function violation(what: string, messages: Message[]): Violation {
  const requests = messages.map(
    ({ at, via, to, challengeId, codeId }) =>
      `${new Date(at).toISOString()} ${via} to ${to}, challenge ${challengeId}, code ${codeId}`,
  );
  return { check: 'sendings', what, requests };
}
