import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';
import type { SharedMessages } from './shared-messages.ts';

/**
 * What users hear in a call, read in a push, on our page and in a problem's page, in the same words
 * everywhere. By base language (BCP 47).
 */
export const sharedMessages = { de, en, es, fr, nl } satisfies Record<string, SharedMessages>;
