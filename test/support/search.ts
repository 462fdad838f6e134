import { dump } from './dump.ts';
import type { Answer, Request, Service } from './service.ts';

/** What is looked for, and what is looked through; every text with a word on where it came from. */
export type Haystack = { where: string; text: string }[];

/** A service all of whose answers are kept, to be searched. */
export function recorded(service: Service) {
  const answers: Haystack = [];
  const keep = (where: string, answer: Answer): Answer => {
    // The year is four digits too, and so may be a length.
    const { date: _date, 'content-length': _length, ...headers } = answer.headers;
    const text = JSON.stringify({ headers, body: answer.body });
    answers.push({ where: `answer to ${where}`, text });
    return answer;
  };
  const spied: Service = {
    ...service,
    call: async (method: string, url: string, request?: Request) => {
      answers.push({ where: 'URL', text: url });
      return keep(`${method} ${url}`, await service.call(method, url, request));
    },
    start: async (body?: object, request?: Request) =>
      keep('start', await service.start(body, request)),
  };
  return { service: spied, answers };
}

/** All that both stores hold now, without the numbers of rows and of slots. */
export async function stored(service: Service): Promise<Haystack> {
  const lines = (await dump(service)).split('\n');
  const numbered = /^(\w+ \(|dc:\{)\d+[,}]/;
  return lines.map((line) => ({ where: 'store', text: line.replace(numbered, '$1') }));
}

/** The decoded contents of the tokens in a text. */
export function decoded(text: string): string {
  const tokens = text.match(/eyJ[\w-]+\.eyJ[\w-]+/g) ?? [];
  const parts = tokens.flatMap((token) => token.split('.'));
  return parts.map((part) => Buffer.from(part, 'base64url').toString('utf8')).join('\n');
}

/** Every text with a secret in it. */
export function holding(haystack: Haystack, secrets: Iterable<string>): string[] {
  const pattern = anyOf(secrets);
  return found(haystack, new RegExp(pattern));
}

/**
 * Every text in which a code stands as a word of its own: four digits are in every other time and
 * id, but never alone. Also when they are said one by one.
 */
export function holdingCodes(haystack: Haystack, codes: Iterable<string>): string[] {
  const all = [...codes];
  const spelled = all.flatMap((code) =>
    [' ', ', ', '-', '. ', '</Say>'].map((between) => [...code].join(between)),
  );
  const alone = `(?<![\\w.:+-])(?:${anyOf(all)})(?![\\w:-]|\\.\\d)`;
  return found(haystack, new RegExp(`${alone}|${anyOf(spelled)}`));
}

function found(haystack: Haystack, pattern: RegExp): string[] {
  return haystack.flatMap(({ where, text }) => {
    const [match] = pattern.exec(`${text}\n${decoded(text)}`) ?? [];
    return match === undefined ? [] : [`${match} in ${where}: ${text.slice(0, 2_000)}`];
  });
}

function anyOf(texts: Iterable<string>): string {
  return [...texts].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
}
