import { testMark } from '../../domain/mode.ts';
import type { TestOutcomes } from '../../domain/ports.ts';
import type { Database } from './connection/client.ts';
import { loginLimits } from './connection/limits.ts';
import { unavailableWhenAway } from './connection/unavailable.ts';

/** How test challenges ended, in PostgreSQL. */
export function testOutcomes(
  { prisma }: Pick<Database, 'prisma'>,
  { answerMs } = loginLimits,
): TestOutcomes {
  const port: TestOutcomes = {
    async advance(challengeId, ms) {
      await prisma.$executeRaw`
        UPDATE challenge_outcomes
        SET at = at - ${ms}::float8 * interval '1 millisecond',
          result_expires_at = result_expires_at - ${ms}::float8 * interval '1 millisecond'
        WHERE challenge_id = ${challengeId} AND starts_with(organization_id, ${testMark})`;
    },
  };
  return unavailableWhenAway(port, answerMs);
}
