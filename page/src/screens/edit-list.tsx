import { useChallenge } from '../page-context.ts';
import { Button, Choice } from '../parts/buttons.tsx';
import { methodIcon } from '../parts/icons.tsx';
import { News } from '../parts/news.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';
import type { View } from './edit-view.ts';

type MethodListProps = { news: string; show: (view: View) => void };

/** "Een overzicht van de instellingen." */
export function MethodList({ news, show }: MethodListProps) {
  const { challenge, session, words } = useChallenge();
  const problem = useProblemText();
  const { factors } = challenge;
  const finish = () => void session.act({ method: 'POST', path: '/done', body: {} });
  return (
    <ScreenBody title={words.say('edit.title')}>
      <p class="lead">{words.say(factors.length > 0 ? 'edit.text' : 'edit.none')}</p>
      <News text={news} />
      <p class="error" role="alert">
        {problem}
      </p>
      <ul class="choices">
        {factors.map(({ id, method, role, hint, devices }) => (
          <Choice
            key={id}
            icon={methodIcon(method)}
            title={words.sayAny(`method.${method}`, 'method.call')}
            text={devices === 0 ? words.say('edit.nobody') : hint}
            wrong={devices === 0}
            tag={words.say(`role.${role}`)}
            strong={role === 'primary'}
            onClick={() => show({ name: 'method', factorId: id })}
          />
        ))}
        <AddChoice show={show} />
      </ul>
      <More show={show} />
      <Button look="primary" onClick={finish}>
        {words.say('done')}
      </Button>
    </ScreenBody>
  );
}

/** What there is besides methods. Recovery codes end with the last method. */
function More({ show }: Pick<MethodListProps, 'show'>) {
  const { challenge, words } = useChallenge();
  const { factors, edit, knownDevice } = challenge;
  const left = edit?.recoveryCodesRemaining ?? 0;
  return (
    <ul class="choices">
      {factors.length > 0 && (
        <Choice
          icon="key"
          title={words.say('codes.title')}
          text={left > 0 ? words.count('codes.left', left) : words.say('codes.none')}
          onClick={() => show({ name: 'codes' })}
        />
      )}
      {knownDevice && (
        <Choice
          icon="laptop"
          title={words.say('devices.title')}
          text={words.say('devices.row.text')}
          onClick={() => show({ name: 'devices' })}
        />
      )}
    </ul>
  );
}

function AddChoice({ show }: Pick<MethodListProps, 'show'>) {
  const { challenge, words } = useChallenge();
  const full = challenge.edit?.unavailable.some(({ reason }) => reason === 'too-many-factors');
  return (
    <Choice
      icon="plus"
      title={words.say('edit.add')}
      text={full ? words.say('problem.too-many-factors') : undefined}
      waits={full === true}
      onClick={() => show({ name: 'add' })}
    />
  );
}
