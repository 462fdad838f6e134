import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useChallenge } from '../page-context.ts';
import { Button, Choice } from '../parts/buttons.tsx';
import { methodIcon } from '../parts/icons.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';
import { PhoneForm } from './phone-form.tsx';

type Methods = { methods: string[]; unavailable: { method: string; reason: string }[] };

type SetUpProps = {
  setup: Methods;
  title: string;
  lead: string;
  children?: ComponentChildren;
  skippable?: boolean | undefined;
  onBack: (() => void) | undefined;
  onAdded: (() => void) | undefined;
};

/** Choose a method and enter what it needs: for a first factor, a backup, or one more. */
export function SetUp({ setup, title, lead, children, skippable, onBack, onAdded }: SetUpProps) {
  const { session, words } = useChallenge();
  const straight = isOnlyCall(setup);
  const [phone, setPhone] = useState(straight);
  const problem = useProblemText();
  const add = async (body: object) => {
    const added = await session.act({ method: 'POST', path: '/factors', body });
    if (added) onAdded?.();
  };
  const showPhone = (shown: boolean) => {
    session.forgetProblem();
    setPhone(shown);
  };
  const choose = (method: string) => {
    if (method === 'call') showPhone(true);
    else void add({ method });
  };
  if (phone)
    return (
      <ScreenBody key="phone" title={words.say('enrol.call.number')}>
        <p class="lead">{words.say('enrol.call.text')}.</p>
        <PhoneForm
          problem={problem}
          onNumber={(phoneNumber) => void add({ method: 'call', phoneNumber })}
        />
        <Ways skippable={skippable} onBack={straight ? onBack : () => showPhone(false)} />
      </ScreenBody>
    );
  return (
    <ScreenBody key="methods" title={title}>
      <p class="lead">{lead}</p>
      {children}
      <MethodChoices setup={setup} onChoose={choose} />
      {setup.methods.length === 0 && <p class="help">{words.say('enrol.none')}</p>}
      <p class="error" role="alert">
        {problem}
      </p>
      <Ways skippable={skippable} onBack={onBack} />
    </ScreenBody>
  );
}

function isOnlyCall({ methods, unavailable }: Methods): boolean {
  return methods.length === 1 && methods[0] === 'call' && unavailable.length === 0;
}

type MethodChoicesProps = { setup: Methods; onChoose: (method: string) => void };

function MethodChoices({ setup: { methods, unavailable }, onChoose }: MethodChoicesProps) {
  const { words } = useChallenge();
  const titleOf = (method: string) => words.sayAny(`method.${method}`, 'method.call');
  return (
    <ul class="choices">
      {methods.map((method) => (
        <Choice
          key={method}
          icon={methodIcon(method)}
          title={titleOf(method)}
          text={words.sayAny(`enrol.${method}.text`, 'enrol.call.text')}
          onClick={() => onChoose(method)}
        />
      ))}
      {unavailable.map(({ method, reason }) => (
        <Choice
          key={method}
          icon={methodIcon(method)}
          title={titleOf(method)}
          text={words.sayAny(`enrol.unavailable.${reason}`, 'enrol.unavailable')}
          waits
        />
      ))}
    </ul>
  );
}

function Ways({ skippable, onBack }: Pick<SetUpProps, 'skippable' | 'onBack'>) {
  const { session, words } = useChallenge();
  const skip = () => void session.act({ method: 'POST', path: '/skip', body: {} });
  return (
    <div class="ways">
      {onBack && (
        <Button look="link" onClick={onBack}>
          {words.say('back')}
        </Button>
      )}
      {skippable && (
        <Button look="link" onClick={skip}>
          {words.say('enrol.skip')}
        </Button>
      )}
    </div>
  );
}
