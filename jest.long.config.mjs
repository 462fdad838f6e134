import quick, { longTests } from './jest.config.mjs';

const { testMatch: _quick, testPathIgnorePatterns: _long, ...shared } = quick;

/** Each of these runs many processes of its own, so two of them at once are enough. */
export default {
  ...shared,
  testRegex: longTests,
  maxWorkers: 2,
  testTimeout: 300_000,
};
