/** Tests that take long: they break, restart or wait for real servers. `npm run test:long` runs them. */
export const longTests = '\\.long\\.test\\.ts$';

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', longTests],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }],
    '/node_modules/.+\\.[cm]?js$': '<rootDir>/test/support/shared-packages.ts',
  },
  // Each test file has its own of these: one copies only what is made beside it, one obeys fake clocks.
  transformIgnorePatterns: ['/node_modules/(firebase-admin|opossum)/'],
  testEnvironment: '<rootDir>/test/support/environment.ts',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: 3,
  // Packages are shared: nothing that a test changed in one may stay.
  restoreMocks: true,
  // Real servers on a busy machine: a bound against hanging, not a measure of speed.
  testTimeout: 120_000,
  // A test that failed to close what it opened is told as failed, and must not hang the run.
  forceExit: true,
};
