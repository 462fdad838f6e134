import { useChallenge, useSecondsUntil } from '../page-context.ts';
import { Button } from '../parts/buttons.tsx';
import type { IconName } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { OtherMethods, type Recovery } from '../parts/other-methods.tsx';
import { useProblemText, useRetryText } from '../parts/problem-text.ts';
import { SetupWays, setupOf } from '../parts/setup-ways.tsx';

type NoCodeProps = {
  onOther: () => void;
  onChange: () => void;
  onRecovery: (kind: Recovery) => void;
};

/** Another factor helps, more than asking again. */
const elsewhere: ReadonlySet<string> = new Set(['destination-not-allowed', 'no-device']);

const icons: Readonly<Record<string, IconName>> = {
  expired: 'clock',
  'too-many-requests': 'clock',
  denied: 'lock',
  'not-sent': 'phone',
};

/** Why there is no code to enter, and the way on. */
export function NoCode({ onOther, onChange, onRecovery }: NoCodeProps) {
  const { challenge, session, words } = useChallenge();
  const { reason = 'not-sent', retryAt, hint } = challenge.noCode ?? {};
  const waitSeconds = useSecondsUntil(retryAt);
  const retry = useRetryText(retryAt);
  const problem = useProblemText();
  const stuck = elsewhere.has(reason);
  const send = () => void session.act({ method: 'POST', path: '/code', body: {} });
  return (
    <>
      <Notice
        icon={icons[reason] ?? 'alert'}
        title={words.sayAny(`noCode.${reason}`, 'noCode.unknown')}
        text={words.sayAny(`noCode.${reason}.text`, 'noCode.unknown.text')}
        more={[hint, retry].filter(Boolean).join(' · ')}
      />
      <p class="error" role="alert">
        {problem}
      </p>
      {stuck ? (
        <OtherMethods onRecovery={onRecovery} />
      ) : (
        <Button look="primary" waits={waitSeconds > 0} onClick={send}>
          {words.say(reason === 'not-sent' ? 'send' : 'resend')}
        </Button>
      )}
      <div class="ways">
        {setupOf(challenge) && <SetupWays onChange={onChange} />}
        {stuck && reason === 'no-device' && (
          <Button look="link" onClick={send}>
            {words.say('resend')}
          </Button>
        )}
        {!stuck && !setupOf(challenge) && (
          <Button look="link" onClick={onOther}>
            {words.say('other')}
          </Button>
        )}
      </div>
      <span class="unseen" role="status">
        {retryAt && waitSeconds === 0 && !stuck ? words.say('resend.ready') : ''}
      </span>
    </>
  );
}
