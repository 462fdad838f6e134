import type { ComponentChildren } from 'preact';
import { usePage } from '../page-context.ts';
import { Drawing, type IconName } from './icons.tsx';

type ButtonProps = {
  children: ComponentChildren;
  onClick?: () => void;
  /** Cannot be pressed now. It stays reachable, so that the focus is not lost. */
  waits?: boolean;
  look?: 'primary' | 'secondary' | 'link' | 'danger';
  submit?: boolean;
  /** What it is about, where several say the same. */
  describedBy?: string;
};

export function Button({ look = 'secondary', ...props }: ButtonProps) {
  const { children, onClick, waits, submit, describedBy } = props;
  const { busy } = usePage().state;
  const press = (event: Event) => {
    // A form looks at its own fields: they may be newer than what was drawn.
    if (busy) return event.preventDefault();
    if (!waits) onClick?.();
  };
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={look}
      aria-disabled={waits || busy ? 'true' : undefined}
      aria-describedby={describedBy}
      data-busy={busy && look === 'primary' ? '' : undefined}
      onClick={press}
    >
      {children}
    </button>
  );
}

/** To the screen before, below everything else. */
export function BackLink({ onBack }: { onBack: () => void }) {
  const { words } = usePage();
  return (
    <div class="ways">
      <Button look="link" onClick={onBack}>
        {words.say('back')}
      </Button>
    </div>
  );
}

type ChoiceProps = {
  icon: IconName;
  title: string;
  text?: string | undefined;
  /** The text says what is wrong. */
  wrong?: boolean;
  /** What it is for, in a word. */
  tag?: string | undefined;
  strong?: boolean;
  onClick?: () => void;
  waits?: boolean;
};

/** A row to choose from: a method, for example. */
export function Choice({ icon, title, text, wrong, tag, strong, onClick, waits }: ChoiceProps) {
  return (
    <li>
      <button
        type="button"
        class="choice"
        aria-disabled={waits ? 'true' : undefined}
        onClick={() => !waits && onClick?.()}
      >
        <span class="badge">
          <Drawing name={icon} />
        </span>
        <span class="choice-words">
          <span class="choice-title">{title}</span>
          {text && (
            <span class="choice-text" data-wrong={wrong ? '' : undefined}>
              {text}
            </span>
          )}
        </span>
        {tag && (
          <span class="tag" data-strong={strong ? '' : undefined}>
            {tag}
          </span>
        )}
        {!waits && <Drawing name="arrow" />}
      </button>
    </li>
  );
}
