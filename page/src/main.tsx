import { render } from 'preact';
import { App } from './app.tsx';
import { nothingKnown, openSession } from './session.ts';
import { loadTheme, type ThemeBody, wear } from './theme.ts';

/** `/2fa/CLIENT#TOKEN`. The token stays there, so that a reload shows the same. */
const client = location.pathname.replace(/^.*\//, '');
const token = location.hash.slice(1);

/** In the place of this page: "back" must not lead to a login that has ended. */
const leave = (url: string) => location.replace(url);

const root = document.getElementById('page');
if (root) {
  let state = nothingKnown;
  let theme: ThemeBody | undefined;
  // Until the theme is known, the heading of the HTML stands: no screen changes its looks.
  const draw = () => theme && render(<App state={state} session={session} theme={theme} />, root);
  const session = openSession({ token, client, leave }, (changed) => {
    state = changed;
    draw();
  });
  void loadTheme(token).then((loaded) => {
    theme = loaded;
    wear(loaded);
    root.replaceChildren();
    draw();
  });
}
// Another token in the same tab is another login.
addEventListener('hashchange', () => location.reload());
