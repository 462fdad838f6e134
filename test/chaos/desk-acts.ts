import { type Act, type Stand, start } from './acts.ts';
import type { Answer } from './history.ts';
import { open, type Person, type Result } from './people.ts';
import type { Request } from './recorder.ts';

/** What backends and administrators do. */
export const deskActs: Act[] = [
  act('start', 12, (stand) => start(stand, anybody(stand))),
  act('start several', 2, startSeveral),
  act('step up', 1, (stand) => start(stand, anybody(stand), { purpose: 'step-up' })),
  act('edit', 2, edit),
  withResult('redeem', 10, redeem),
  withResult('redeem twice', 5, (stand, result) =>
    Promise.all([redeem(stand, result), redeem(stand, result)]),
  ),
  act('unlock', 2, unlock),
  act('read factors', 2, readFactors),
  act('promote', 1, promote),
  act('remove', 1, remove),
  act('add', 2, add),
  act('reset', 0.5, reset),
  act('set policy', 2, setPolicy),
];

function act(name: string, weight: number, run: (stand: Stand) => Promise<unknown>): Act {
  return { name, weight, run: async (stand) => run(stand).then(() => true) };
}

function withResult(
  name: string,
  weight: number,
  run: (stand: Stand, result: Result) => Promise<unknown>,
): Act {
  return {
    name,
    weight,
    async run(stand) {
      const result = stand.town.results.at(-1);
      if (!result) return false;
      // An eavesdropper may send it again.
      if (stand.chances.happens(0.7)) stand.town.results.pop();
      await run(stand, result);
      return true;
    },
  };
}

const anybody = ({ town, chances }: Stand): Person => chances.oneOf(town.people);

async function startSeveral(stand: Stand): Promise<void> {
  const person = anybody(stand);
  await Promise.all([1, 2, 3].map(() => start(stand, person)));
}

/** The owner changes their factors. */
async function edit(stand: Stand): Promise<void> {
  const person = anybody(stand);
  await start(stand, person, { purpose: 'edit' }, { 'x-actor': person.id });
}

async function redeem(
  { world, desk, chances }: Stand,
  { person, challengeId, token }: Result,
): Promise<void> {
  const about = { op: 'redeem' as const, userId: person.id, challengeId };
  const path = '/v1/results/redeem';
  const body = { token, ...(chances.happens(0.6) && { rememberDevice: true }) };
  const request = { ...about, method: 'POST', path, bearer: world.apiKey, body };
  const answer = await desk.call(request, chances);
  const remembered = answer?.body['knownDevice']?.token;
  if (remembered) person.knownDevices.push(remembered);
}

/** A call about a user, by themself or by an administrator, after a login of their own. */
function about(
  { world, desk, chances }: Stand,
  person: Person,
  { path, ...request }: Pick<Request, 'op' | 'method' | 'path' | 'body'>,
  actor = person.id,
): Promise<Answer | null> {
  const proof = person.proofs.at(-1);
  const headers = { 'x-actor': actor, ...(proof && { 'x-challenge-id': proof }) };
  const url = `/v1/organizations/acme/users/${person.id}${path}`;
  const whole = { ...request, path: url, headers, userId: person.id, bearer: world.apiKey };
  return desk.call(whole, chances);
}

function unlock(stand: Stand) {
  const locked = stand.town.people.filter((one) => one.locked);
  const person = locked.length > 0 ? stand.chances.oneOf(locked) : anybody(stand);
  person.locked = false;
  const request = { op: 'unlock' as const, method: 'POST', path: '/unlock', body: {} };
  return about(stand, person, request, 'admin');
}

function setPolicy(stand: Stand) {
  const request = {
    op: 'policy' as const,
    method: 'PATCH',
    path: '',
    body: { policy: 'mandatory' },
  };
  return about(stand, anybody(stand), request, 'admin');
}

function readFactors(stand: Stand) {
  return about(stand, anybody(stand), { op: 'factors', method: 'GET', path: '/factors' }, 'admin');
}

async function promote(stand: Stand): Promise<void> {
  const person = anybody(stand);
  const id = person.factorIds.at(-1);
  if (!id) return;
  const body = { role: 'primary' };
  await about(stand, person, { op: 'promote', method: 'PATCH', path: `/factors/${id}`, body });
}

async function remove(stand: Stand): Promise<void> {
  const person = anybody(stand);
  const [id] = person.factorIds;
  if (id) await about(stand, person, { op: 'remove', method: 'DELETE', path: `/factors/${id}` });
}

async function add(stand: Stand): Promise<void> {
  const person = anybody(stand);
  const body = { method: 'call', phoneNumber: stand.chances.oneOf(person.phones) };
  const answer = await about(stand, person, { op: 'add', method: 'POST', path: '/factors', body });
  open(stand.town, person, answer);
}

function reset(stand: Stand) {
  const request = { op: 'reset' as const, method: 'DELETE', path: '/factors' };
  return about(stand, anybody(stand), request, 'admin');
}
