import { useEffect, useState } from 'preact/hooks';
import { Drawing } from './icons.tsx';

/** What the user has just done. It comes after its region, so that screen readers say it. */
export function News({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  useEffect(() => setSaid(text), [text]);
  return (
    <p class="news" role="status">
      {said && <Drawing name="check" />}
      {said}
    </p>
  );
}
