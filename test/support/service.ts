import type { Policy } from '../../src/domain/people.ts';
import { type Service, type ServiceOptions, startService } from './start-service.ts';
import { use } from './use.ts';

export * from './screens.ts';
export * from './start-service.ts';

/**
 * One service for all tests of a file: started before them, closed after them. Its organization
 * `acme` demands a second factor, unless `policy` says otherwise; null leaves it unknown.
 */
export function useService({
  policy = 'mandatory',
  ...options
}: ServiceOptions & { policy?: Policy | null } = {}): Service {
  return use(async () => {
    const service = await startService(options);
    if (policy) await service.organization({ policy });
    return service;
  });
}
