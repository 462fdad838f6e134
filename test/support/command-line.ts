import { type Reply, runCommand } from '../../src/cli/run-command.ts';
import type { Service } from './start-service.ts';

/** `reachesStore`: whether Redis is set. */
type Person = { account?: string; answer?: boolean | null; reachesStore?: boolean };

/** The command line in this process, on what a service is made of. */
export function commandLine(
  { parts }: Pick<Service, 'parts'>,
  { account = 'ann', answer = null, reachesStore = true }: Person = {},
): (...args: string[]) => Promise<Reply> {
  const openParts = async () => ({ ...parts, reachesStore, close: async () => {} });
  const openDatabase = async () => {
    throw new Error('this command needs a database of its own');
  };
  const confirm = async () => answer;
  const around = { account, openParts, openDatabase, progress() {}, confirm };
  return (...args) => runCommand(args, around);
}
