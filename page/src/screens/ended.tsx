import { useChallenge, usePage } from '../page-context.ts';
import { Drawing, type IconName } from '../parts/icons.tsx';
import { ScreenBody } from '../parts/screen.tsx';
import { backTo, type State } from '../session.ts';

/** The heading that the HTML already shows. */
export function LoadingScreen() {
  const { words } = usePage();
  return (
    <>
      <h1>{words.say('heading')}</h1>
      <p class="loading" role="status">
        {words.say('loading')}
      </p>
    </>
  );
}

/** There is no challenge any more, or it is not for this page. */
export function GoneScreen({ gone }: { gone: NonNullable<State['gone']> }) {
  const { words } = usePage();
  if (gone === 'refused')
    return <End icon="lock" title={words.say('refused.title')} text={words.say('refused.text')} />;
  return (
    <End
      icon="clock"
      title={words.say('ended.expired.title')}
      text={words.say('ended.expired.text')}
    />
  );
}

const icons: Readonly<Record<string, IconName>> = {
  denied: 'lock',
  expired: 'clock',
  user: 'check',
};

/** Approved, cancelled, or stopped until the app is updated. */
export function EndedScreen() {
  const { challenge, words } = useChallenge();
  const { status, endReason = 'user', minimumVersion = '' } = challenge;
  if (status === 'approved') return <Approved />;
  if (status === 'upgrade_required')
    return (
      <End
        icon="device"
        title={words.say('upgrade.title')}
        text={words.say('upgrade.text', { version: minimumVersion })}
      />
    );
  return (
    <End
      icon={icons[endReason] ?? 'alert'}
      title={words.sayAny(`ended.${endReason}.title`, 'ended.withdrawn.title')}
      text={words.sayAny(`ended.${endReason}.text`, 'ended.withdrawn.text')}
    />
  );
}

function Approved() {
  const { challenge, state, words } = useChallenge();
  const edited = challenge.purpose === 'edit';
  const title = words.say(edited ? 'approved.edit.title' : 'approved.title');
  if (state.leaving) return <End icon="check" title={title} text={words.say('approved.text')} />;
  if (!challenge.returnUrl)
    return <End icon="check" title={title} text={words.say('approved.close.text')} />;
  if (edited) return <End icon="check" title={title} text={words.say('approved.edit.text')} />;
  // The proof was in the answer that approved it, and only there.
  return (
    <End
      icon="check"
      title={words.say('approved.again.title')}
      text={words.say('approved.again.text')}
    />
  );
}

function End({ icon, title, text }: { icon: IconName; title: string; text: string }) {
  const { state, words } = usePage();
  const back = state.challenge && !state.leaving ? backTo(state.challenge) : null;
  return (
    <div class="end" data-icon={icon}>
      <span class="badge">
        <Drawing name={icon} />
      </span>
      <ScreenBody title={title}>
        <p class="lead">{text}</p>
        {back && (
          <a class="primary" href={back}>
            {words.say(state.challenge?.purpose === 'edit' ? 'back' : 'relogin')}
          </a>
        )}
      </ScreenBody>
    </div>
  );
}
