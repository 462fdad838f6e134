import { useEffect, useState } from 'preact/hooks';
import { Drawing } from '../parts/icons.tsx';
import type { Delivery } from './delivery.ts';

type Stage = 'ringing' | 'answered' | 'over';

/** Rings, shows the code, and says it with the browser's own voice. */
export function Phone({ call }: { call: Delivery | null }) {
  const [stage, setStage] = useState<Stage>('ringing');
  const [speaks, setSpeaks] = useState(true);
  const answer = () => {
    setStage('answered');
    if (call && speaks) speak(call);
  };
  const hangUp = () => {
    speechSynthesis.cancel();
    setStage('over');
  };
  useEffect(() => () => speechSynthesis.cancel(), []);
  return (
    <section class="phone" aria-label="The phone" data-stage={call ? stage : 'idle'}>
      <div class="phone-screen" role="status">
        {!call || stage === 'over' ? (
          <>
            <p class="phone-idle">Your phone</p>
            <p class="phone-small">It rings when a code comes by phone.</p>
          </>
        ) : (
          <>
            <p class="phone-small">{call.to}</p>
            <p class="phone-name">Callvoip {stage === 'ringing' ? 'is calling…' : 'says:'}</p>
            {stage === 'answered' && <p class="phone-code">{[...call.code].join(' ')}</p>}
          </>
        )}
      </div>
      {call && stage !== 'over' && (
        <div class="phone-buttons">
          {stage === 'ringing' && (
            <button type="button" class="answer" onClick={answer}>
              <Drawing name="phone" />
              Answer
            </button>
          )}
          <button type="button" class="hang-up" onClick={hangUp}>
            Hang up
          </button>
        </div>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={speaks}
          onChange={({ currentTarget }) => setSpeaks(currentTarget.checked)}
        />
        Speak the code
      </label>
    </section>
  );
}

const sentences: Readonly<Record<string, string>> = {
  nl: 'Je verificatiecode is:',
  en: 'Your verification code is:',
  de: 'Dein Bestätigungscode lautet:',
  fr: 'Votre code de vérification est :',
  es: 'Tu código de verificación es:',
};

/** The digits one by one, twice. */
function speak({ code, language }: Delivery): void {
  const sentence = sentences[language.slice(0, 2)] ?? sentences['en'];
  const digits = [...code].join(', ');
  const words = new SpeechSynthesisUtterance(`${sentence} ${digits}. ${digits}.`);
  words.lang = language;
  words.rate = 0.8;
  speechSynthesis.speak(words);
}
