/** Which of the screens of an edit is shown. */
export type View =
  | { name: 'list'; news?: string }
  | { name: 'method' | 'remove'; factorId: string }
  | { name: 'add' | 'codes' | 'devices' };
