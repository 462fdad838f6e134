/** How a setting is read, and what it is when it is not set. */
export type Setting<T> = {
  /** Undefined when the text is malformed. */
  parse: (text: string) => T | undefined;
  /** The end of "NAME is not …". */
  form: string;
  fallback: T;
};
