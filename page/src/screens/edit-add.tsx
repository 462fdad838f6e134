import { useChallenge } from '../page-context.ts';
import { SetUp } from './set-up.tsx';

/** One more method. `onBack` also where the user came to change what they entered. */
export function AddMethod({ onBack }: { onBack: () => void }) {
  const { challenge, words } = useChallenge();
  const { edit } = challenge;
  if (!edit) return null;
  return (
    <SetUp
      setup={edit}
      title={words.say('edit.add')}
      lead={words.say('edit.add.text')}
      onBack={onBack}
      onAdded={onBack}
    />
  );
}
