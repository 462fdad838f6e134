import { Drawing, type IconName } from './icons.tsx';

type NoticeProps = { icon: IconName; title: string; text: string; more?: string };

/** What the user has to know before they can go on. */
export function Notice({ icon, title, text, more }: NoticeProps) {
  return (
    <div class="notice" role="status">
      <span class="badge">
        <Drawing name={icon} />
      </span>
      <div>
        <h2>{title}</h2>
        <p>{text}</p>
        {more && <p class="notice-more">{more}</p>}
      </div>
    </div>
  );
}
