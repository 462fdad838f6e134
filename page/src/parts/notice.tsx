import { Drawing, type IconName } from './icons.tsx';

/** `more` may count down, and is not read out each time. */
type NoticeProps = { icon: IconName; title: string; text: string; more?: string };

/** What the user has to know before they can go on. */
export function Notice({ icon, title, text, more }: NoticeProps) {
  return (
    <div class="notice">
      <span class="badge">
        <Drawing name={icon} />
      </span>
      <div>
        <div role="status">
          <h2>{title}</h2>
          <p>{text}</p>
        </div>
        {more && <p class="notice-more">{more}</p>}
      </div>
    </div>
  );
}
