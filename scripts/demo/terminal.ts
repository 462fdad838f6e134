import { createInterface } from 'node:readline/promises';

/** The terminal of a person, or a pipe. */
export type Terminal = {
  /** Whether a line can be drawn again, as a countdown needs. */
  readonly live: boolean;
  show(text: string): void;
  /**
   * The next line that is entered. Null when no more can come.
   *
   * @param prompt is drawn again every second, so it can count down.
   */
  ask(prompt: () => string): Promise<string | null>;
  close(): void;
};

const clearLine = '\r\x1b[K';

export function openTerminal(): Terminal {
  const { stdin: input, stdout: output } = process;
  const live = input.isTTY && output.isTTY;
  const lines = createInterface({ input, output, terminal: live });
  const entered: string[] = [];
  let waiting: ((line: string | null) => void) | undefined;
  let ended = false;

  const take = (line: string | null) => {
    waiting?.(line);
    waiting = undefined;
  };
  lines.on('line', (line) => {
    // A terminal shows by itself what the user types.
    if (!live) output.write(`${line}\n`);
    if (waiting) take(line.trim());
    else entered.push(line.trim());
  });
  lines.on('close', () => {
    ended = true;
    take(null);
  });

  for (const signal of ['SIGTERM', 'SIGHUP']) process.once(signal, () => lines.close());

  const draw = (prompt: string) => {
    lines.setPrompt(prompt);
    lines.prompt(true);
  };
  return {
    live,
    show(text) {
      if (!waiting || !live) return void output.write(`${text}\n`);
      output.write(`${clearLine}${text}\n`);
      lines.prompt(true);
    },
    async ask(prompt) {
      const ready = entered.shift();
      if (ready !== undefined || ended) return ready ?? null;
      draw(prompt());
      const timer = live ? setInterval(() => draw(prompt()), 1000) : undefined;
      return new Promise<string | null>((resolve) => {
        waiting = resolve;
      }).finally(() => clearInterval(timer));
    },
    close: () => lines.close(),
  };
}
