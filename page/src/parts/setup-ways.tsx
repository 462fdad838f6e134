import type { ChallengeBody } from '../api.ts';
import { useChallenge } from '../page-context.ts';
import { Button } from './buttons.tsx';

/** What can be set up in place of a factor that is not confirmed yet. Null where none is. */
export function setupOf({ enrolment, edit }: ChallengeBody) {
  return enrolment ?? edit;
}

/** Another method in place of the one that is not confirmed yet, or, in an edit, none. */
export function SetupWays({ onChange }: { onChange: () => void }) {
  const { challenge, session, words } = useChallenge();
  const { code, noCode, edit } = challenge;
  const pendingId = (code ?? noCode)?.factorId;
  const drop = () => void session.act({ method: 'DELETE', path: `/factors/${pendingId}` });
  return (
    <>
      <Button look="link" onClick={onChange}>
        {words.say('enrol.change')}
      </Button>
      {edit && pendingId && (
        <Button look="link" onClick={drop}>
          {words.say('edit.drop')}
        </Button>
      )}
    </>
  );
}
