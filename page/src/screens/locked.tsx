import { useState } from 'preact/hooks';
import { useChallenge, useSecondsUntil } from '../page-context.ts';
import { Notice } from '../parts/notice.tsx';
import { OtherMethods, type Recovery, useOtherMethods } from '../parts/other-methods.tsx';
import { ScreenBody } from '../parts/screen.tsx';
import { RecoveryScreen } from './recovery.tsx';

export function LockedScreen() {
  const { challenge, state, words } = useChallenge();
  const [kind, setKind] = useState<Recovery | null>(null);
  const { recoveries } = useOtherMethods();
  const { retryAt = challenge.now } = challenge;
  useSecondsUntil(retryAt);
  const when = words.moment(Date.parse(retryAt) - state.clockMs, Date.now());
  if (kind) return <RecoveryScreen key={kind} kind={kind} onBack={() => setKind(null)} />;
  return (
    <ScreenBody title={words.say('locked.title')}>
      <Notice icon="lock" title={when} text={words.say('locked.text', { when })} />
      {recoveries.length > 0 && (
        <>
          <p class="lead">{words.say('locked.instead')}</p>
          <OtherMethods onRecovery={setKind} />
        </>
      )}
    </ScreenBody>
  );
}
