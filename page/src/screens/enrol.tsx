import { useState } from 'preact/hooks';
import { useChallenge } from '../page-context.ts';
import { Button, Choice } from '../parts/buttons.tsx';
import { methodIcon } from '../parts/icons.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';
import { PhoneForm } from './phone-form.tsx';

/** Set up the first method, or a backup. `onDone` where the user came to change what they entered. */
export function EnrolScreen({ onDone }: { onDone?: () => void }) {
  const { challenge, session, words } = useChallenge();
  const { enrolment } = challenge;
  const onlyCall = enrolment?.methods.length === 1 && enrolment.methods[0] === 'call';
  const straight = onlyCall && enrolment.unavailable.length === 0;
  const [phone, setPhone] = useState(straight);
  const problem = useProblemText();
  if (!enrolment) return null;
  const { step, methods, unavailable, skippable } = enrolment;
  const add = async (body: object) => {
    const added = await session.act({ method: 'POST', path: '/factors', body });
    if (added) onDone?.();
  };
  const choose = (method: string) => {
    session.forgetProblem();
    if (method === 'call') setPhone(true);
    else void add({ method });
  };
  const title = words.say(step === 'backup' ? 'enrol.backup.title' : 'enrol.primary.title');
  if (phone)
    return (
      <ScreenBody key="phone" title={words.say('enrol.call.number')}>
        <p class="lead">{words.say('enrol.call.text')}.</p>
        <PhoneForm
          problem={problem}
          onNumber={(phoneNumber) => void add({ method: 'call', phoneNumber })}
        />
        <Ways skippable={skippable} onBack={straight ? onDone : () => setPhone(false)} />
      </ScreenBody>
    );
  return (
    <ScreenBody key="methods" title={title}>
      <p class="lead">
        {words.say(step === 'backup' ? 'enrol.backup.text' : 'enrol.primary.text')}
      </p>
      <MandatoryFrom />
      <ul class="choices">
        {methods.map((method) => (
          <Choice
            key={method}
            icon={methodIcon(method)}
            title={words.sayAny(`method.${method}`, 'method.call')}
            text={words.sayAny(`enrol.${method}.text`, 'enrol.call.text')}
            onClick={() => choose(method)}
          />
        ))}
        {unavailable.map(({ method, reason }) => (
          <Choice
            key={method}
            icon={methodIcon(method)}
            title={words.sayAny(`method.${method}`, 'method.call')}
            text={words.sayAny(`enrol.unavailable.${reason}`, 'enrol.unavailable')}
            waits
          />
        ))}
      </ul>
      {methods.length === 0 && <p class="help">{words.say('enrol.none')}</p>}
      <p class="error" role="alert">
        {problem}
      </p>
      <Ways skippable={skippable} onBack={onDone} />
    </ScreenBody>
  );
}

function MandatoryFrom() {
  const { challenge, words } = useChallenge();
  const from = challenge.enrolment?.mandatoryFrom;
  if (!from) return null;
  return (
    <p class="help">{words.say('enrol.mandatoryFrom', { date: words.day(Date.parse(from)) })}</p>
  );
}

function Ways({ skippable, onBack }: { skippable: boolean; onBack: (() => void) | undefined }) {
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
