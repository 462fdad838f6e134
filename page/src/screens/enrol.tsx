import { useChallenge } from '../page-context.ts';
import { SetUp } from './set-up.tsx';

/** Set up the first method, or a backup. `onDone` where the user came to change what they entered. */
export function EnrolScreen({ onDone }: { onDone?: () => void }) {
  const { challenge, words } = useChallenge();
  const { enrolment } = challenge;
  if (!enrolment) return null;
  const backup = enrolment.step === 'backup';
  return (
    <SetUp
      setup={enrolment}
      title={words.say(backup ? 'enrol.backup.title' : 'enrol.primary.title')}
      lead={words.say(backup ? 'enrol.backup.text' : 'enrol.primary.text')}
      skippable={enrolment.skippable}
      onBack={onDone}
      onAdded={onDone}
    >
      <MandatoryFrom />
    </SetUp>
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
