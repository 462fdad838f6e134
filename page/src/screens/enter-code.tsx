import { useLayoutEffect, useState } from 'preact/hooks';
import type { ChallengeBody } from '../api.ts';
import { useChallenge, useSecondsUntil } from '../page-context.ts';
import { Button } from '../parts/buttons.tsx';
import { CodeField } from '../parts/code-field.tsx';
import { Delivery } from '../parts/delivery.tsx';
import { useOtherMethods } from '../parts/other-methods.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { RememberDevice } from '../parts/remember-device.tsx';
import { SetupWays, setupOf } from '../parts/setup-ways.tsx';

type Code = NonNullable<ChallengeBody['code']>;
type EnterCodeProps = {
  code: Code;
  remember: boolean;
  onRemember: (remember: boolean) => void;
  onOther: () => void;
  onChange: () => void;
};

/** The most attempts that a code can have: with fewer left, one was wrong. */
const allAttempts = 5;

export function EnterCode({ code, remember, onRemember, onOther, onChange }: EnterCodeProps) {
  const { session, words } = useChallenge();
  const [digits, setDigits] = useState('');
  const { attemptsRemaining, length } = code;
  const wrong = attemptsRemaining < allAttempts;
  // While it is drawn: later, it would wipe out what the user has typed in between.
  useLayoutEffect(() => {
    setDigits('');
    document.getElementById('code')?.focus();
  }, [attemptsRemaining]);
  const problem = useProblemText() || (wrong ? words.count('attempts', attemptsRemaining) : '');
  const submit = (event: Event) => {
    event.preventDefault();
    const field = document.getElementById('code') as HTMLInputElement;
    const body = { code: field.value, ...(remember && { rememberDevice: true }) };
    if (field.value.length === length) void session.act({ method: 'POST', path: '/verify', body });
    else field.focus();
  };
  return (
    <>
      <Lead code={code} />
      <Delivery code={code} />
      <form onSubmit={submit} noValidate>
        <CodeField
          length={length}
          value={digits}
          onChange={setDigits}
          wrong={wrong && digits === ''}
          describedBy="code-lead code-help"
        />
        <p class="error" role="alert">
          {problem}
        </p>
        <p class="help" id="code-help">
          {words.count('code.digits', length)}. {words.say('secret')}
        </p>
        <RememberDevice ticked={remember} onTick={onRemember} />
        <Button look="primary" submit waits={digits.length < length}>
          {words.say('continue')}
        </Button>
      </form>
      <Ways resendAt={code.resendAt} onOther={onOther} onChange={onChange} />
    </>
  );
}

function Lead({ code: { app, hint } }: { code: Code }) {
  const { words } = useChallenge();
  const [key, param, value] =
    app === null ? (['enter.call', 'hint', hint] as const) : (['enter.push', 'app', app] as const);
  const [before, after] = words.around(key, param);
  return (
    <p class="lead" id="code-lead">
      {before}
      <strong>{value}</strong>
      {after}
    </p>
  );
}

type WaysProps = { resendAt: string } & Pick<EnterCodeProps, 'onOther' | 'onChange'>;

/** "Resend code in 26" and "Use another method". */
function Ways({ resendAt, onOther, onChange }: WaysProps) {
  const { challenge, session, words } = useChallenge();
  const seconds = useSecondsUntil(resendAt);
  const { factors, recoveries } = useOtherMethods();
  const last = challenge.codesRemaining === 0;
  const resend = () => void session.act({ method: 'POST', path: '/code', body: {} });
  return (
    <div class="ways">
      {last ? (
        <p class="help">{words.say('resend.last')}</p>
      ) : (
        <Button look="link" waits={seconds > 0} onClick={resend}>
          {seconds > 0
            ? words.say('resend.in', { seconds: words.number(seconds) })
            : words.say('resend')}
        </Button>
      )}
      {factors.length + recoveries.length > 0 && (
        <Button look="link" onClick={onOther}>
          {words.say('other')}
        </Button>
      )}
      {setupOf(challenge) && <SetupWays onChange={onChange} />}
      <span class="unseen" role="status">
        {seconds === 0 && !last ? words.say('resend.ready') : ''}
      </span>
    </div>
  );
}
