import { readFileSync } from 'node:fs';

/** Commands of which a script names one that reads and one that writes: see rights.lua. */
const reading = /^(HM?GET|HGETALL|HKEYS|ZRANGE|ZSCORE|ZRANK|ZCOUNT|ZRANGEBYSCORE)$/;
const writing = /^(HSET|HDEL|HINCRBY|DEL|ZADD|ZREM|ZREMRANGEBYSCORE)$/;

/** Commands that a script calls before it changes anything: that Redis refuses them is enough. */
const leading = /^(TIME|HMGET|HEXISTS)$/;

/**
 * The text of a script as Redis gets it: the check of its rights, if it changes something, those functions
 * of common.lua that it uses, and its own lines.
 *
 * @param more commands whose rights are checked too.
 */
export function scriptText(file: string, more: readonly string[] = []): string {
  const body = functionsFor(lua(file)) + lua(file);
  const later = commandsOf(body).filter((command) => !leading.test(command));
  const commands = [...new Set([...later, ...more])];
  if (commands.every((command) => reading.test(command))) return body;
  const elsewhere = [reading, writing].flatMap((kind) => commands.find((one) => kind.test(one)));
  const names = { commands, elsewhere: elsewhere.filter(Boolean) };
  const lists = Object.entries(names).map(
    ([name, all]) => `local ${name} = { ${all.map((one) => `'${one}'`).join(', ')} }\n`,
  );
  return lists.join('') + lua('rights') + body;
}

/** The commands that a script calls, those of common.lua included. */
export function commandsIn(file: string): string[] {
  return commandsOf(functionsFor(lua(file)) + lua(file));
}

function commandsOf(text: string): string[] {
  return [...text.matchAll(/redis\.p?call\('(\w+)'/g)].map(([, command = '']) => command);
}

/** The functions of common.lua that a text uses, and those that these use. */
function functionsFor(text: string): string {
  let used = '';
  for (const definition of lua('common')
    .split(/\n\n(?=--|local function)/)
    .reverse()) {
    const [, name] = /^local function (\w+)/m.exec(definition) ?? [];
    if (new RegExp(`\\b${name}\\(`).test(used + text)) used = `${definition.trimEnd()}\n\n${used}`;
  }
  return used;
}

function lua(file: string): string {
  return readFileSync(new URL(`scripts/${file}.lua`, import.meta.url), 'utf8');
}
