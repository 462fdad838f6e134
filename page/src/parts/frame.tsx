import type { ComponentChildren } from 'preact';
import { usePage } from '../page-context.ts';
import { Brand } from './brand.tsx';

/** What every screen has around it. */
export function Frame({ children }: { children: ComponentChildren }) {
  const { state, words } = usePage();
  return (
    <>
      <header class="bar">
        <Brand />
        <LogOut />
      </header>
      <main class="card">{children}</main>
      <p class="offline" role="status">
        {state.offline && !state.gone ? words.say('offline') : ''}
      </p>
    </>
  );
}

/** "In every screen of 2FA": it ends the login. */
function LogOut() {
  const { state, session, words } = usePage();
  const { challenge, gone, leaving } = state;
  const over = ['approved', 'cancelled'].includes(String(challenge?.status));
  if (!challenge || gone || over || leaving) return null;
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => void session.act({ method: 'DELETE', path: '' })}
    >
      {words.say('logout')}
    </button>
  );
}
