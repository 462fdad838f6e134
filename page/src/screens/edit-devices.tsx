import { useEffect, useState } from 'preact/hooks';
import { useChallenge } from '../page-context.ts';
import { BackLink, Button } from '../parts/buttons.tsx';
import { Drawing } from '../parts/icons.tsx';
import { News } from '../parts/news.tsx';
import { useProblemText } from '../parts/problem-text.ts';
import { ScreenBody } from '../parts/screen.tsx';

type Device = { id: string; app: string; lastSeenAt: string; expiresAt: string };

const path = '/known-devices';

/** The browsers and apps that are remembered. */
export function KnownDevices({ onBack }: { onBack: () => void }) {
  const { words } = useChallenge();
  const { devices, news, forget } = useKnownDevices();
  const problem = useProblemText();
  return (
    <ScreenBody title={words.say('devices.title')}>
      {devices && (
        <p class="lead">{words.say(devices.length > 0 ? 'devices.text' : 'devices.none')}</p>
      )}
      <News text={news} />
      <p class="error" role="alert">
        {problem}
      </p>
      <ul class="choices">
        {devices?.map((device) => (
          <DeviceRow key={device.id} device={device} onForget={() => void forget(device.id)} />
        ))}
      </ul>
      {devices && devices.length > 1 && (
        <Button look="danger" onClick={() => void forget(null)}>
          {words.say('devices.forgetAll')}
        </Button>
      )}
      <BackLink onBack={onBack} />
    </ScreenBody>
  );
}

/** Null until they are known. */
function useKnownDevices() {
  const { session, words } = useChallenge();
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [news, setNews] = useState('');
  const load = async () => {
    const answer = await session.act({ method: 'GET', path });
    if (answer) setDevices((answer as { items: Device[] }).items);
  };
  useEffect(() => void load(), []);
  const forget = async (id: string | null) => {
    const gone = await session.act({ method: 'DELETE', path: id ? `${path}/${id}` : path });
    if (!gone) return;
    setNews(words.say(id ? 'devices.forgotten' : 'devices.allForgotten'));
    setDevices(id === null ? [] : (devices ?? []).filter((one) => one.id !== id));
  };
  return { devices, news, forget };
}

function DeviceRow({ device, onForget }: { device: Device; onForget: () => void }) {
  const { words } = useChallenge();
  const dayOf = (time: string) => words.day(Date.parse(time), 'medium');
  return (
    <li class="choice">
      <span class="badge">
        <Drawing name="laptop" />
      </span>
      <span class="choice-words">
        <span class="choice-title" id={device.id}>
          {shownName(device.app)}
        </span>
        <span class="choice-text">
          {words.say('devices.used', { used: dayOf(device.lastSeenAt) })}
        </span>
        <span class="choice-text">
          {words.say('devices.until', { until: dayOf(device.expiresAt) })}
        </span>
      </span>
      <Button look="link" describedBy={device.id} onClick={onForget}>
        {words.say('devices.forget')}
      </Button>
    </li>
  );
}

/** `company-panel` as people write names. */
function shownName(app: string): string {
  return app.replace(/(^|-)(\w)/g, (_, dash, first) => (dash ? ' ' : '') + first.toUpperCase());
}
