import type { ComponentChildren } from 'preact';

/** Drawn with lines in the colour of the text, and silent: the words beside them say the same. */
function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const phone = (
  <path d="M6.2 3.5h2.3c.5 0 .9.3 1 .8l.7 3a1 1 0 0 1-.3 1L8.2 9.9a13 13 0 0 0 5.9 5.9l1.6-1.7a1 1 0 0 1 1-.3l3 .7c.5.1.8.5.8 1v2.3a1.7 1.7 0 0 1-1.8 1.7C11 19 5 13 4.5 5.3A1.7 1.7 0 0 1 6.2 3.5Z" />
);
const device = (
  <>
    <rect x="6.5" y="2.5" width="11" height="19" rx="2.5" />
    <path d="M10.5 5h3M12 18.5h.01" />
  </>
);
const key = (
  <>
    <circle cx="8" cy="15.5" r="4" />
    <path d="m11 12.5 8.5-8.5M16 7.5l2.5 2.5M13.5 10l1.7 1.7" />
  </>
);
const ticket = (
  <>
    <path d="M3.5 9V7A1.5 1.5 0 0 1 5 5.5h14A1.5 1.5 0 0 1 20.5 7v2a3 3 0 0 0 0 6v2a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 17v-2a3 3 0 0 0 0-6Z" />
    <path d="M14 9.5v5" />
  </>
);
const check = <path d="m5 12.5 4.5 4.5L19 7.5" />;
const alert = (
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7.5v5.5M12 16.2h.01" />
  </>
);
const clock = (
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.2 2" />
  </>
);
const lock = (
  <>
    <rect x="5" y="10.5" width="14" height="10" rx="2" />
    <path d="M8 10.5V7.5a4 4 0 0 1 8 0v3M12 14.5v2" />
  </>
);
const laptop = (
  <>
    <rect x="4.5" y="5" width="15" height="10.5" rx="1.5" />
    <path d="M2.5 18.5h19" />
  </>
);
const plus = <path d="M12 5.5v13M5.5 12h13" />;
const arrow = <path d="m9.5 6 6 6-6 6" />;

const drawings = { phone, device, key, ticket, check, alert, clock, lock, laptop, plus, arrow };

export type IconName = keyof typeof drawings;

export function Drawing({ name }: { name: IconName }) {
  return <Icon>{drawings[name]}</Icon>;
}

const methodIcons: Readonly<Record<string, IconName>> = {
  call: 'phone',
  push: 'device',
  recoveryCode: 'key',
  pass: 'ticket',
};

export const methodIcon = (method: string): IconName => methodIcons[method] ?? 'lock';
