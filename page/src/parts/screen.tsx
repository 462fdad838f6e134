import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A screen with its heading. A new screen takes the focus: its first field does, or else its heading. */
export function ScreenBody({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
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
