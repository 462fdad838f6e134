/** The database needs an operator before it can be used. One line. */
export class SetupError extends Error {}

export interface Database {
  /**
   * Resolves when the database takes changes, has every migration and can be decrypted.
   *
   * @throws Problem `unavailable`; `detail` says in one line what is missing. Its cause is a SetupError when waiting
   *   does not help.
   */
  ping(): Promise<void>;
}
