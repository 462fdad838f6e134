import { useState } from 'preact/hooks';
import { useChallenge } from '../page-context.ts';
import { Button } from '../parts/buttons.tsx';
import { Notice } from '../parts/notice.tsx';
import type { Recovery } from '../parts/other-methods.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';

/** A recovery code or a pass, in the place of a code. Without a way back, nothing else is possible. */
export function RecoveryScreen({ kind, onBack }: { kind: Recovery; onBack?: () => void }) {
  const { challenge, session, words } = useChallenge();
  const [typed, setTyped] = useState('');
  const problem = useRecoveryProblem();
  const submit = (event: Event) => {
    event.preventDefault();
    const field = document.getElementById(kind) as HTMLInputElement;
    const secret = field.value.trim();
    if (secret) void session.act({ method: 'POST', path: '/verify', body: { [kind]: secret } });
    else field.focus();
  };
  const skip = () => void session.act({ method: 'POST', path: '/skip', body: {} });
  return (
    <ScreenBody title={words.say(`${kind}.title`)}>
      {onBack ? (
        <p class="lead">{words.say(`${kind}.text`)}</p>
      ) : (
        <Notice
          icon="ticket"
          title={words.say('noCode.pass-required')}
          text={words.say('noCode.pass-required.text')}
        />
      )}
      <form onSubmit={submit} noValidate>
        <label for={kind}>{words.say(`${kind}.label`)}</label>
        <input
          id={kind}
          class="text secret"
          data-first
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          maxLength={64}
          value={typed}
          aria-invalid={problem !== ''}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button look="primary" submit waits={typed.trim() === ''}>
          {words.say('continue')}
        </Button>
      </form>
      <div class="ways">
        {onBack && (
          <Button look="link" onClick={onBack}>
            {words.say('back')}
          </Button>
        )}
        {!onBack && challenge.enrolment?.skippable && (
          <Button look="link" onClick={skip}>
            {words.say('enrol.skip')}
          </Button>
        )}
      </div>
    </ScreenBody>
  );
}

/** Of these, the challenge does not show how many attempts are left. */
function useRecoveryProblem(): string {
  const { state, words } = useChallenge();
  const { problem } = state;
  const text = useProblemText();
  if (!problem || problem === 'lost' || problem.name !== 'code-incorrect') return text;
  return words.count('recovery.wrong', problem.body.attemptsRemaining ?? 0);
}
