import type { ChallengeBody } from '../api.ts';
import { useChallenge } from '../page-context.ts';
import { BackLink, Button } from '../parts/buttons.tsx';
import { Notice } from '../parts/notice.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';
import type { View } from './edit-view.ts';

type RemoveMethodProps = { factor: ChallengeBody['factors'][0]; show: (view: View) => void };

/** Asks before it removes, and says what follows from it. */
export function RemoveMethod({ factor: { id, hint }, show }: RemoveMethodProps) {
  const { challenge, session, words } = useChallenge();
  const problem = useProblemText();
  const consequences = useConsequences(id);
  const keep = () => show({ name: 'method', factorId: id });
  if (challenge.factors.length === 1 && challenge.policy === 'mandatory')
    return <LastMethod show={show} onBack={keep} />;
  const remove = async () => {
    const removed = await session.act({ method: 'DELETE', path: `/factors/${id}` });
    if (removed) show({ name: 'list', news: words.say('edit.removed', { hint }) });
  };
  return (
    <ScreenBody title={words.say('edit.remove.title')}>
      <p class="lead">
        {words.say('edit.remove.text', { hint })} {consequences.join(' ')}
      </p>
      <p class="error" role="alert">
        {problem}
      </p>
      <Button look="danger" onClick={() => void remove()}>
        {words.say('edit.remove')}
      </Button>
      <Button onClick={keep}>{words.say('edit.keep')}</Button>
    </ScreenBody>
  );
}

function useConsequences(id: string): string[] {
  const { challenge, words } = useChallenge();
  const { factors, knownDevice } = challenge;
  const others = factors.filter((factor) => factor.id !== id);
  const wasPrimary = factors.some((factor) => factor.id === id && factor.role === 'primary');
  const [next] = others;
  return [
    ...(next && wasPrimary ? [words.say('edit.remove.next', { hint: next.hint })] : []),
    ...(next ? [] : [words.say('edit.remove.last')]),
    ...(knownDevice ? [words.say('edit.remove.devices')] : []),
  ];
}

/** The service would refuse it: under a mandatory policy one has to stay. */
function LastMethod({ show, onBack }: Pick<RemoveMethodProps, 'show'> & { onBack: () => void }) {
  const { words } = useChallenge();
  return (
    <ScreenBody title={words.say('edit.remove.title')}>
      <Notice icon="lock" title={words.say('edit.last.title')} text={words.say('edit.last.text')} />
      <Button look="primary" onClick={() => show({ name: 'add' })}>
        {words.say('edit.add')}
      </Button>
      <BackLink onBack={onBack} />
    </ScreenBody>
  );
}
