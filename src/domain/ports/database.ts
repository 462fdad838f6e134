/** A database that this service cannot work with until an operator changes something. One line. */
export class SetupError extends Error {}

/** The database behind the ports that PostgreSQL serves. */
export interface Database {
  /**
   * Resolves when the database takes changes, has every migration, and our secrets open what it
   * has sealed.
   *
   * @throws Problem `unavailable`, whose `detail` says in one line what is missing; its cause is a
   *   SetupError when waiting does not help.
   */
  ping(): Promise<void>;
}
