import { parseArgs } from 'node:util';
import { UsageError } from './command.ts';

type Expected = {
  /** The words that must follow the command, in order. */
  words?: readonly string[];
  /** Options that take a value. */
  options?: readonly string[];
  /** Options without a value; `yes` when given. */
  flags?: readonly string[];
};

/**
 * Reads the words and options after a command. All words are required, and each option may be given
 * once.
 *
 * @throws UsageError that names the first mistake.
 */
export function readArguments(
  args: string[],
  { words = [], options = [], flags = [] }: Expected,
): Record<string, string | undefined> {
  const { values, positionals } = parse(args, options, flags);
  const missing = words[positionals.length];
  if (missing) throw new UsageError(`${missing} is missing`);
  const [stray] = positionals.slice(words.length);
  if (stray !== undefined)
    throw new UsageError(`unexpected argument ${JSON.stringify(stray)}: a list has no spaces`);
  const given = Object.entries(values).map(([name, [value, another]]) => {
    if (another !== undefined) throw new UsageError(`--${name} is given twice`);
    return [name, value === true ? 'yes' : value];
  });
  return Object.fromEntries([...given, ...words.map((word, i) => [word, positionals[i]])]);
}

function parse(args: string[], options: readonly string[], flags: readonly string[]) {
  const known = [
    ...options.map((name) => [name, { type: 'string', multiple: true }] as const),
    ...flags.map((name) => [name, { type: 'boolean', multiple: true }] as const),
  ];
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(known),
    });
    return { values: values as Record<string, [string | true, ...string[]]>, positionals };
  } catch (cause) {
    // Node's first sentence says what is wrong, and the second gives advice for programmers.
    const [what = ''] = (cause as Error).message.split('. ');
    throw new UsageError(what, { cause });
  }
}
