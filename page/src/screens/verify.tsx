import { useState } from 'preact/hooks';
import { useChallenge } from '../page-context.ts';
import { Button } from '../parts/buttons.tsx';
import { OtherMethods, type Recovery } from '../parts/other-methods.tsx';
import { ScreenBody } from '../parts/screen.tsx';
import { setupOf } from '../parts/setup-ways.tsx';
import { AddMethod } from './edit-add.tsx';
import { EnrolScreen } from './enrol.tsx';
import { EnterCode } from './enter-code.tsx';
import { NoCode } from './no-code.tsx';
import { RecoveryScreen } from './recovery.tsx';

type View = 'code' | 'methods' | 'setup' | Recovery;

/** Enter the code, or one of the ways around it. */
export function VerifyScreen() {
  const { challenge, session, words } = useChallenge();
  const [view, setView] = useState<View>('code');
  const [remember, setRemember] = useState(false);
  const show = (next: View) => {
    session.forgetProblem();
    setView(next);
  };
  const { accepts, code, noCode } = challenge;
  if (noCode?.reason === 'pass-required') return <RecoveryScreen kind="pass" />;
  if ((view === 'recoveryCode' || view === 'pass') && accepts.includes(view))
    return <RecoveryScreen key={view} kind={view} onBack={() => show('code')} />;
  if (view === 'setup' && challenge.edit) return <AddMethod onBack={() => show('code')} />;
  if (view === 'setup') return <EnrolScreen onDone={() => show('code')} />;
  if (view === 'methods')
    return (
      <ScreenBody key="methods" title={words.say('methods.title')}>
        <OtherMethods onRecovery={show} onSent={() => show('code')} />
        <Button look="link" onClick={() => show('code')}>
          {words.say('back')}
        </Button>
      </ScreenBody>
    );
  const ways = { onOther: () => show('methods'), onChange: () => show('setup'), onRecovery: show };
  const heading = words.say(setupOf(challenge) ? 'confirm.title' : 'heading');
  return (
    <ScreenBody key={`code ${code?.factorId ?? ''} ${code?.sentAt ?? ''}`} title={heading}>
      {code ? (
        <EnterCode code={code} {...ways} remember={remember} onRemember={setRemember} />
      ) : (
        <NoCode {...ways} />
      )}
    </ScreenBody>
  );
}
