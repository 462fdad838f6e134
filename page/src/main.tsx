import { render } from 'preact';
import { App } from './app.tsx';
import { nothingKnown, openSession, type State } from './session.ts';

/** `/2fa/CLIENT#TOKEN`. The token stays there, so that a reload shows the same. */
const client = location.pathname.replace(/^.*\//, '');
const token = location.hash.slice(1);

/** In the place of this page: "back" must not lead to a login that has ended. */
const leave = (url: string) => location.replace(url);

const root = document.getElementById('page');
if (root) {
  root.replaceChildren();
  const draw = (state: State) => render(<App state={state} session={session} />, root);
  const session = openSession({ token, client, leave }, draw);
  draw(nothingKnown);
}
// Another token in the same tab is another login.
addEventListener('hashchange', () => location.reload());
