import { useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../page-context.ts';
import { Button } from '../parts/buttons.tsx';
import { type Country, callingCode, countries, countryOf, typed } from '../phone-number.ts';

type PhoneFormProps = { problem: string; onNumber: (number: string) => void };

const isEnough = (text: string) => text.replace(/\D/g, '').length >= 7;

/** A phone number in its country, formatted while it is typed. */
export function PhoneForm({ problem, onNumber }: PhoneFormProps) {
  const { words } = usePage();
  const [country, setCountry] = useState<Country>(countryOf(words.locale));
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    const { value = '' } = field.current ?? {};
    if (isEnough(value)) onNumber(typed(value, country).number);
    else field.current?.focus();
  };
  const read = (input: HTMLInputElement) => {
    const atEnd = input.selectionStart === input.value.length;
    const next = typed(input.value, country);
    // In the middle of a number, formatting would move the cursor. Nor may it undo a deletion.
    const keep = !atEnd || input.value.length < text.length;
    setText(keep ? input.value : next.shown);
    if (next.country) setCountry(next.country);
  };
  return (
    <form onSubmit={submit} noValidate>
      <CountryField country={country} onChange={setCountry} />
      <label for="phone">{words.say('phone.number')}</label>
      <input
        ref={field}
        id="phone"
        class="text"
        data-first
        type="tel"
        autocomplete="tel"
        maxLength={24}
        value={text}
        aria-invalid={problem !== ''}
        aria-describedby="phone-help"
        onInput={({ currentTarget }) => read(currentTarget)}
      />
      <p class="error" role="alert">
        {problem}
      </p>
      <p class="help" id="phone-help">
        {words.say('phone.help')}
      </p>
      <Button look="primary" submit waits={!isEnough(text)}>
        {words.say('continue')}
      </Button>
    </form>
  );
}

type CountryFieldProps = { country: Country; onChange: (country: Country) => void };

function CountryField({ country, onChange }: CountryFieldProps) {
  const { words } = usePage();
  const listed = useMemo(() => countries(words.locale), [words]);
  return (
    <>
      <label for="country">{words.say('phone.country')}</label>
      <div class="select">
        <select
          id="country"
          class="text"
          autocomplete="country"
          value={country}
          onChange={({ currentTarget }) => onChange(currentTarget.value as Country)}
        >
          {listed.map((one) => (
            <option key={one.country} value={one.country}>
              {one.name} (+{callingCode(one.country)})
            </option>
          ))}
        </select>
      </div>
    </>
  );
}
