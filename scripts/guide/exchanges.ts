/** One call with its answer, as it was. */
export type Exchange = {
  method: string;
  url: string;
  bearer: 'KEY' | 'TOKEN';
  headers: Record<string, string>;
  body: unknown;
  status: number;
  answer: unknown;
};

type Json = Record<string, unknown>;

/** As the guide shows them: ids, times and tokens are always the same, and a challenge is shown by what changed. */
export function writeExchanges(exchanges: readonly Exchange[]): string {
  const stable = stableValues();
  let before: Json = {};
  const texts = exchanges.map(({ method, url, bearer, headers, body, status, answer }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const sent = body === undefined ? [] : ['', write(body)];
    const shown = answer === '' ? [] : [write(changedSince(before, answer))];
    const challenge = challengeIn(answer);
    if (challenge) before = challenge;
    const request = [`${method} ${url}`, `authorization: Bearer ${bearer}`, ...lines, ...sent];
    return stable([...request, '', `→ ${status}`, ...shown].join('\n'));
  });
  return texts.join('\n\n');
}

function challengeIn(answer: unknown): Json | null {
  const { status, codesRemaining, challenge } = Object(answer) as Json;
  if (typeof status === 'string' && codesRemaining !== undefined) return answer as Json;
  return challenge ? (challenge as Json) : null;
}

function changedSince(before: Json, answer: unknown): unknown {
  const challenge = challengeIn(answer);
  if (!challenge || before['id'] !== challenge['id']) return answer;
  const changed = Object.entries(challenge).filter(
    ([key, value]) => key === 'status' || JSON.stringify(value) !== JSON.stringify(before[key]),
  );
  const brief = Object.fromEntries(changed.filter(([key]) => key !== 'now'));
  return challenge === answer ? brief : { ...(answer as Json), challenge: brief };
}

/** Short values stay on one line. */
function write(value: unknown, indent = ''): string {
  const line = JSON.stringify(value)?.replaceAll('":', '": ').replaceAll(',"', ', "') ?? '';
  if (line.length + indent.length <= 100 || typeof value !== 'object' || value === null)
    return line;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Array.isArray(value)
    ? value.map((one) => write(one, deeper))
    : Object.entries(value).map(([key, one]) => `"${key}": ${write(one, deeper)}`);
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
}

const id = /(?<=["/=])([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{43})(?=["/?&\n])/g;
const time = /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const secret = /"([0-9A-Z]{4}-){3}[0-9A-Z]{4}"/g;
const seconds = /"(iat|exp|auth_time)": \d+/g;
const issuer = /"iss": "[^"]*"/g;
const page = /"pageUrl": "[^"?]*/g;

/** The same value gets the same name, in the order in which they are met. */
function stableValues(): (text: string) => string {
  const ids = new Map<string, string>();
  const idOf = (found: string) => {
    const number = String(ids.size + 1).padStart(2, '0');
    const known = ids.get(found) ?? `${number.repeat(4)}-…`;
    ids.set(found, known);
    return known;
  };
  return (text) =>
    text
      .replace(id, idOf)
      .replace(time, '2027-03-01T09:…')
      .replace(token, (found) => `${found.slice(0, 20)}…`)
      .replace(secret, '"7K2M-9QXD-04TR-HN6V"')
      .replace(seconds, '"$1": 1803891…')
      .replace(issuer, '"iss": "https://2fa.example/test"')
      .replace(page, '"pageUrl": "https://2fa.example/2fa/company-panel');
}

/** Puts each flow in its place: a block after `<!-- flow: NAME -->`. @throws Error for a place without a flow. */
export function fillGuide(guide: string, flows: ReadonlyMap<string, readonly Exchange[]>): string {
  const place = /(<!-- flow: ([\w-]+) -->\n```http\n)[\s\S]*?(```\n)/g;
  return guide.replace(place, (_, open, name, close) => {
    const flow = flows.get(name);
    if (!flow) throw new Error(`no such flow: ${name}`);
    return `${open}${writeExchanges(flow)}\n${close}`;
  });
}
