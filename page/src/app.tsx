import { useEffect, useMemo } from 'preact/hooks';
import { Words } from './messages.ts';
import { PageContext } from './page-context.ts';
import { Frame } from './parts/frame.tsx';
import { EditScreen } from './screens/edit.tsx';
import { EndedScreen, GoneScreen, LoadingScreen } from './screens/ended.tsx';
import { EnrolScreen } from './screens/enrol.tsx';
import { LockedScreen } from './screens/locked.tsx';
import { VerifyScreen } from './screens/verify.tsx';
import type { Session, State } from './session.ts';
import type { ThemeBody } from './theme.ts';

const { lang } = document.documentElement;

type AppProps = { state: State; session: Session; theme: ThemeBody };

export function App({ state, session, theme }: AppProps) {
  const language = state.challenge?.language ?? lang;
  const words = useMemo(() => new Words(language), [language]);
  const page = useMemo(() => ({ state, session, words, theme }), [state, session, words, theme]);
  useEffect(() => {
    document.documentElement.lang = words.language;
  }, [words]);
  return (
    <PageContext.Provider value={page}>
      <Frame>
        <Screen state={state} />
      </Frame>
    </PageContext.Provider>
  );
}

/** Which screen a challenge is drawn as. */
function Screen({ state: { challenge, gone } }: { state: State }) {
  if (gone) return <GoneScreen key={gone} gone={gone} />;
  if (!challenge) return <LoadingScreen />;
  switch (challenge.status) {
    case 'verify':
      // Another step of the same status is another screen.
      return <VerifyScreen key={`verify ${challenge.factors.length}`} />;
    case 'enrol':
      return <EnrolScreen key={`enrol ${challenge.enrolment?.step}`} />;
    case 'edit':
      return <EditScreen key="edit" />;
    case 'locked':
      return <LockedScreen key="locked" />;
    case 'approved':
    case 'cancelled':
    case 'upgrade_required':
      return <EndedScreen key={challenge.status} />;
    // A status that this page has no screen for.
    default:
      return <GoneScreen key="refused" gone="refused" />;
  }
}
