import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

/** What `shared-packages.ts` calls Node's own loader in the code that it makes. */
export const loaderName = 'loadShared';

/** Where a test file runs. It takes its packages from outside, as `shared-packages.ts` says. */
export default class extends TestEnvironment {
  constructor(...given: ConstructorParameters<typeof TestEnvironment>) {
    super(...given);
    Object.assign(this.global, { [loaderName]: createRequire(import.meta.url), Date });
    knowErrorsFromOutside(this.global.Error);
  }
}

/** Has `instanceof Error` hold for what a package throws: its errors are made outside. */
function knowErrorsFromOutside(ownError: ErrorConstructor): void {
  const isInstance = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(ownError, Symbol.hasInstance, {
    value(this: unknown, thrown: unknown) {
      return isInstance.call(this, thrown) || (this === ownError && thrown instanceof Error);
    },
  });
}
