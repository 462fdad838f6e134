import { useRef, useState } from 'preact/hooks';
import { useChallenge } from '../page-context.ts';
import { BackLink, Button } from '../parts/buttons.tsx';
import { News } from '../parts/news.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';
import { copy, download } from '../take-away.ts';

/** How many recovery codes are left, and new ones. */
export function RecoveryCodes({ onBack }: { onBack: () => void }) {
  const { challenge, session, words } = useChallenge();
  const [made, setMade] = useState<string[] | null>(null);
  const problem = useProblemText();
  const left = challenge.edit?.recoveryCodesRemaining ?? 0;
  const make = async () => {
    const answer = await session.act({ method: 'POST', path: '/recovery-codes', body: {} });
    if (answer) setMade((answer as { codes: string[] }).codes);
  };
  if (made) return <MadeCodes key="made" codes={made} onSaved={onBack} />;
  return (
    <ScreenBody key="left" title={words.say('codes.title')}>
      <p class="lead">{words.say('codes.text')}</p>
      <p class="lead">
        <strong>{left > 0 ? words.count('codes.left', left) : words.say('codes.none')}</strong>
        {left > 0 && <> · {words.say('codes.replace')}</>}
      </p>
      <p class="error" role="alert">
        {problem}
      </p>
      <Button look="primary" onClick={() => void make()}>
        {words.say('codes.make')}
      </Button>
      <BackLink onBack={onBack} />
    </ScreenBody>
  );
}

type MadeCodesProps = { codes: string[]; onSaved: () => void };

/** Shown once: they are here and nowhere else. */
function MadeCodes({ codes, onSaved }: MadeCodesProps) {
  const { words } = useChallenge();
  const list = useRef<HTMLOListElement>(null);
  const [news, setNews] = useState('');
  const text = codes.join('\n');
  const take = async () => {
    const copied = await copy(text, list.current);
    setNews(words.say(copied ? 'codes.copied' : 'codes.selected'));
  };
  // Where a long word may be broken on a screen.
  const softHyphens = /\u00ad/g;
  const name = `${words.say('codes.title').replace(softHyphens, '')}.txt`;
  return (
    <ScreenBody title={words.say('codes.made.title')}>
      <p class="lead">{words.say('codes.made.text')}</p>
      <ol class="codes" ref={list}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div class="takes">
        <Button onClick={() => void take()}>{words.say('codes.copy')}</Button>
        <Button onClick={() => window.print()}>{words.say('codes.print')}</Button>
        <Button onClick={() => download(text, name)}>{words.say('codes.download')}</Button>
      </div>
      <News text={news} />
      <Button look="primary" onClick={onSaved}>
        {words.say('codes.saved')}
      </Button>
    </ScreenBody>
  );
}
