import type { ChallengeBody } from '../api.ts';
import { useChallenge } from '../page-context.ts';
import { Drawing, type IconName, methodIcon } from './icons.tsx';

type Code = NonNullable<ChallengeBody['code']>;

const failed: ReadonlySet<string> = new Set(['busy', 'no-answer', 'failed']);
const moving: ReadonlySet<string> = new Set(['accepted', 'ringing']);

/** How far the code has come, live. */
export function Delivery({ code }: { code: Code }) {
  const { words } = useChallenge();
  const bad = failed.has(code.delivery);
  const icon: IconName = bad ? 'alert' : methodIcon(code.method);
  const mood = bad
    ? 'bad'
    : code.method === 'call' && moving.has(code.delivery)
      ? 'ringing'
      : 'calm';
  const from =
    code.from && !bad ? words.say('delivery.call.from', { number: spaced(code.from) }) : '';
  return (
    <p class="delivery" data-mood={mood} role="status">
      <span class="badge">
        <Drawing name={icon} />
      </span>
      <span>
        <span class="delivery-words">{useStage(code)}</span>
        {from && <span class="delivery-more">{from}</span>}
        {bad && <span class="delivery-more">{words.say('delivery.again')}</span>}
      </span>
    </p>
  );
}

function useStage({ method, delivery, app, devices }: Code): string {
  const { words } = useChallenge();
  if (method === 'push' && delivery !== 'failed')
    return words.count('delivery.push.accepted', devices ?? 0, { app: app ?? '' });
  const known = `delivery.${method}.${delivery}`;
  return words.sayAny(known, 'delivery.call.accepted');
}

/** `+31508200000` in groups, as people read numbers. */
function spaced(number: string): string {
  return number.replace(/^(\+\d\d)(\d{2,3})(\d{3})(\d+)$/, '$1 $2 $3 $4');
}
