import { maxFactors } from '../limits.ts';
import type { Settings } from '../ports.ts';
import type { LoginContext } from './challenge.ts';
import { type SetupMethods, setupMethods } from './setup-methods.ts';
import { stageOf } from './stage.ts';

/** What an edit of factors can do now. */
export type Edit = SetupMethods & { recoveryCodes: number };

/** Null unless factors can be changed now. */
export function editOf(context: LoginContext, settings: Settings): Edit | null {
  const stage = stageOf(context);
  const isOpen = stage === 'edit' || stage === 'confirm';
  if (!isOpen || context.challenge.purpose !== 'edit') return null;
  const { methods, unavailable } = setupMethods(context, settings);
  const recoveryCodes = context.recoveryCodes ?? 0;
  if (context.user.factors.length < maxFactors) return { methods, unavailable, recoveryCodes };
  const all = [...methods, ...unavailable.map(({ method }) => method)];
  const refused = all.map((method) => ({ method, reason: 'too-many-factors' as const }));
  return { methods: [], unavailable: refused, recoveryCodes };
}
