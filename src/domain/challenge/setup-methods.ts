import { factorKind } from '../factors/index.ts';
import type { User } from '../people.ts';
import type { Settings } from '../ports.ts';
import type { ProblemName } from '../problems.ts';
import type { Challenge } from './challenge.ts';

export type SetupMethods = {
  methods: string[];
  /** What cannot be set up now, with the problem that it would meet. */
  unavailable: { method: string; reason: ProblemName }[];
};

export function setupMethods(
  { challenge: { device }, user }: { challenge: Pick<Challenge, 'device'>; user: User },
  settings: Settings,
): SetupMethods {
  const offered = settings.methods.map(factorKind).filter((kind) => kind.offeredTo(user));
  const found = offered.map((kind) => ({
    method: kind.method,
    reason: kind.obstacle({ user, device }),
  }));
  return {
    methods: found.filter(({ reason }) => !reason).map(({ method }) => method),
    unavailable: found.flatMap(({ method, reason }) => (reason ? [{ method, reason }] : [])),
  };
}
