import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Words } from '../messages.ts';

type Session = { userId: string; app: string; language: string; amr: string[] | null };
type Panel = { session: Session | null; policy: string };

async function post(path: string, body: object): Promise<{ pageUrl?: string | null } | null> {
  const answer = await fetch(`/try/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.status === 204 ? null : answer.json();
}

async function logIn(form: HTMLFormElement): Promise<void> {
  const answer = await post('login', Object.fromEntries(new FormData(form)));
  location.assign(answer?.pageUrl ?? '/try/panel');
}

/** The stand-in for the Company Panel. */
function CompanyPanel() {
  const [panel, setPanel] = useState<Panel | null>(null);
  const load = async () => setPanel(await (await fetch('/try/session')).json());
  useEffect(() => void load(), []);
  if (!panel) return null;
  const { session, policy } = panel;
  const choose = async (next: string) => {
    await post('policy', { policy: next });
    await load();
  };
  return (
    <>
      <header class="panel-bar">
        <strong>Company Panel</strong>
        <PolicyMenu policy={policy} onChoose={(next) => void choose(next)} />
      </header>
      <main class="panel">
        {policy === 'off' && (
          <p class="help" role="note">
            2FA is off. Choose Optional or Mandatory above, then log in.
          </p>
        )}
        {session?.amr ? <Inside session={session} onLeft={load} /> : <LoginForm />}
      </main>
    </>
  );
}

const policies = [
  ['off', 'Off'],
  ['optional', 'Optional'],
  ['mandatory', 'Mandatory'],
] as const;

/** "Instellingen, Algemene instellingen": what an administrator sets for the organization. */
function PolicyMenu({ policy, onChoose }: { policy: string; onChoose: (next: string) => void }) {
  return (
    <label class="policy">
      2FA
      <select
        class="text"
        value={policy}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {policies.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

const languages = [
  ['nl-NL', 'Nederlands'],
  ['en-GB', 'English'],
  ['de-DE', 'Deutsch'],
  ['fr-FR', 'Français'],
  ['es-ES', 'Español'],
] as const;

function LoginForm() {
  const submit = (event: Event) => {
    event.preventDefault();
    void logIn(event.currentTarget as HTMLFormElement);
  };
  return (
    <form class="card" onSubmit={submit}>
      <h1>Log in</h1>
      <p class="lead">Any name and password will do: this panel is for trying 2FA out.</p>
      <label for="user">User name</label>
      <input
        id="user"
        class="text"
        name="userId"
        defaultValue="anna"
        maxLength={64}
        autocomplete="username"
        required
      />
      <label for="password">Password</label>
      <input
        id="password"
        class="text"
        type="password"
        defaultValue="password"
        autocomplete="current-password"
      />
      <label for="app">Log in to</label>
      <select id="app" class="text" name="app">
        <option value="company-panel">Company Panel</option>
        <option value="qaller">Qaller</option>
      </select>
      <label for="language">Language</label>
      <select id="language" class="text" name="language">
        {languages.map(([tag, name]) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit" class="primary">
        Log in
      </button>
    </form>
  );
}

function Inside({ session, onLeft }: { session: Session; onLeft: () => Promise<void> }) {
  const { userId, amr, language } = session;
  const [nothing, setNothing] = useState(false);
  const edit = async () => {
    const answer = await post('edit', {});
    if (answer?.pageUrl) location.assign(answer.pageUrl);
    else setNothing(true);
  };
  const leave = async () => {
    await post('logout', {});
    await onLeft();
  };
  const proved = amr?.includes('mfa') ? 'password and a second factor' : 'password alone';
  return (
    <div class="card">
      <h1>Welcome, {userId}</h1>
      <p class="lead">You are logged in, by {proved}.</p>
      <p class="help">The signed result says: {amr?.join(' + ')}</p>
      <p class="error" role="alert">
        {nothing && 'There is no 2FA to edit yet. Log in again, with 2FA on, to set it up.'}
      </p>
      <button type="button" class="primary" onClick={() => void edit()}>
        {new Words(language).say('edit.title')}
      </button>
      <button type="button" class="secondary" onClick={() => void leave()}>
        Log out
      </button>
    </div>
  );
}

const root = document.getElementById('page');
if (root) render(<CompanyPanel />, root);
