/** One command of the command line. */
export type Command = {
  /** What follows its name. */
  usage: string;
  /** What it does, for `--help`. */
  help: string;
  /** @param args what was typed after its name. */
  run(args: string[]): Promise<void>;
};
