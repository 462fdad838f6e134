import { useChallenge } from '../page-context.ts';
import { Choice } from './buttons.tsx';
import { methodIcon } from './icons.tsx';
import { setupOf } from './setup-ways.tsx';

export type Recovery = 'recoveryCode' | 'pass';

const recoveries: readonly Recovery[] = ['recoveryCode', 'pass'];

/** The factors that no code is on its way to, and what can be entered instead of a code. */
export function useOtherMethods() {
  const { challenge } = useChallenge();
  const inPlay = (challenge.code ?? challenge.noCode)?.factorId;
  return {
    // Only the new factor confirms itself.
    factors:
      challenge.accepts.includes('code') && !setupOf(challenge)
        ? challenge.factors.filter(({ id }) => id !== inPlay)
        : [],
    recoveries: recoveries.filter((kind) => challenge.accepts.includes(kind)),
  };
}

type OtherMethodsProps = { onRecovery: (kind: Recovery) => void; onSent?: () => void };

export function OtherMethods({ onRecovery, onSent }: OtherMethodsProps) {
  const { session, words } = useChallenge();
  const others = useOtherMethods();
  const send = async (factorId: string) => {
    await session.act({ method: 'POST', path: '/code', body: { factorId } });
    onSent?.();
  };
  return (
    <ul class="choices">
      {others.factors.map(({ id, method, hint }) => (
        <Choice
          key={id}
          icon={methodIcon(method)}
          title={words.sayAny(`method.${method}`, 'method.call')}
          text={hint}
          onClick={() => void send(id)}
        />
      ))}
      {others.recoveries.map((kind) => (
        <Choice
          key={kind}
          icon={methodIcon(kind)}
          title={words.say(`method.${kind}`)}
          text={words.say(`method.${kind}.text`)}
          onClick={() => onRecovery(kind)}
        />
      ))}
    </ul>
  );
}
