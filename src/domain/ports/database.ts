/** The database needs an operator before it can be used. One line. */
export class SetupError extends Error {}

export interface Database {
  /** @throws Problem `unavailable` unless writable, migrated and decryptable. Cause SetupError: waiting is no help. */
  ping(): Promise<void>;
}
