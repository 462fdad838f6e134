import type { somebody } from './service.ts';

type Person = ReturnType<typeof somebody>;

export type Screen = Awaited<ReturnType<Person['signIn']>>;

/** Starts an edit of the user's own factors. */
export const startEdit = (user: Person, body: object = {}) =>
  user.signIn({ purpose: 'edit', ...body }, { headers: { 'x-actor': user.userId } });

/** The same, with the second factor proved. */
export async function editing(user: Person, body: object = {}): Promise<Screen> {
  const screen = await startEdit(user, body);
  const entered = await screen.enter(user.heard());
  if (entered.body.status !== 'edit') throw new Error(JSON.stringify(entered.body));
  return screen;
}
