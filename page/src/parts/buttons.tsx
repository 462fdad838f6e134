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
};

export function Button({ children, onClick, waits, look = 'secondary', submit }: ButtonProps) {
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
      data-busy={busy && look === 'primary' ? '' : undefined}
      onClick={press}
    >
      {children}
    </button>
  );
}

type ChoiceProps = {
  icon: IconName;
  title: string;
  text?: string | undefined;
  onClick?: () => void;
  waits?: boolean;
};

/** A row to choose from: a method, for example. */
export function Choice({ icon, title, text, onClick, waits }: ChoiceProps) {
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
          {text && <span class="choice-text">{text}</span>}
        </span>
        {!waits && <Drawing name="arrow" />}
      </button>
    </li>
  );
}
