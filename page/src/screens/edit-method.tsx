import type { ChallengeBody } from '../api.ts';
import { useChallenge } from '../page-context.ts';
import { Button } from '../parts/buttons.tsx';
import { Notice } from '../parts/notice.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';
import type { View } from './edit-view.ts';

type MethodScreenProps = { factor: ChallengeBody['factors'][0]; show: (view: View) => void };

/** One method of the user's: what it is for, and what can be done with it. */
export function MethodScreen({ factor, show }: MethodScreenProps) {
  const { session, words } = useChallenge();
  const problem = useProblemText();
  const { id, method, role, hint, devices } = factor;
  const promote = async () => {
    const body = { role: 'primary' };
    const promoted = await session.act({ method: 'PATCH', path: `/factors/${id}`, body });
    if (promoted) show({ name: 'list', news: words.say('edit.promoted', { hint }) });
  };
  return (
    <ScreenBody title={words.sayAny(`method.${method}`, 'method.call')}>
      <p class="lead">
        <strong>{hint}</strong>
      </p>
      <p class="lead">
        {words.say(`role.${role}`)}. {words.say(`role.${role}.text`)}
      </p>
      {devices === 0 && (
        <Notice
          icon="alert"
          title={words.say('edit.nobody')}
          text={words.say('edit.nobody.text')}
        />
      )}
      <p class="error" role="alert">
        {problem}
      </p>
      {role !== 'primary' && (
        <Button look="primary" onClick={() => void promote()}>
          {words.say('edit.promote')}
        </Button>
      )}
      <Button look="danger" onClick={() => show({ name: 'remove', factorId: id })}>
        {words.say('edit.remove')}
      </Button>
      <div class="ways">
        <Button look="link" onClick={() => show({ name: 'list' })}>
          {words.say('back')}
        </Button>
      </div>
    </ScreenBody>
  );
}
