import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** A screen with its heading. A new screen takes the focus: its first field does, or else its heading. */
export function ScreenBody({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // While it is drawn: later, it would take a key that the user pressed in between.
  useLayoutEffect(() => {
    const field = heading.current?.parentElement?.querySelector<HTMLElement>('[data-first]');
    (field ?? heading.current)?.focus();
  }, []);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </>
  );
}
