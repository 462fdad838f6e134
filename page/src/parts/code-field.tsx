import { usePage } from '../page-context.ts';

type CodeFieldProps = {
  length: number;
  value: string;
  onChange: (digits: string) => void;
  wrong: boolean;
  describedBy: string;
};

/** One field for all digits, so that paste, autofill and screen readers work. Its places are drawn behind it. */
export function CodeField({ length, value, onChange, wrong, describedBy }: CodeFieldProps) {
  const { words } = usePage();
  const read = (field: HTMLInputElement) => {
    const digits = field.value.replace(/\D/g, '').slice(0, length);
    field.value = digits;
    onChange(digits);
  };
  const places = [...Array(length).keys()];
  const next = Math.min(value.length, length - 1);
  return (
    <div class="code" data-wrong={wrong ? '' : undefined}>
      <label for="code">{words.say('code.label')}</label>
      <div class="code-places" style={{ '--digits': length }}>
        <div class="places" aria-hidden="true">
          {places.map((place) => (
            <span key={place} data-next={place === next ? '' : undefined} />
          ))}
        </div>
        <input
          id="code"
          name="code"
          data-first
          type="text"
          inputMode="numeric"
          autocomplete="one-time-code"
          autocapitalize="off"
          spellcheck={false}
          value={value}
          aria-invalid={wrong}
          aria-describedby={describedBy}
          onInput={({ currentTarget }) => read(currentTarget)}
        />
      </div>
    </div>
  );
}
