import type { en } from './en.ts';

/** Every message of one language. One that is missing is a type error. */
export type SharedMessages = Readonly<Record<keyof typeof en, string>>;
