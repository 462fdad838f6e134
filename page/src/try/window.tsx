import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Delivery } from './delivery.ts';
import { Phone } from './phone.tsx';
import { Qaller } from './qaller.tsx';

/** The panel in a browser, and beside it what the user holds in their hands. */
function Window() {
  const [call, setCall] = useState<Delivery | null>(null);
  const [messages, setMessages] = useState<Delivery[]>([]);
  useEffect(() => {
    const events = new EventSource('/try/events');
    events.onmessage = ({ data }) => {
      const delivery: Delivery = { ...JSON.parse(data), at: Date.now() };
      if (delivery.method === 'call') setCall(delivery);
      // A later code takes the place of an earlier one.
      else setMessages([delivery]);
    };
    return () => events.close();
  }, []);
  return (
    <main class="desk">
      <section class="browser" aria-label="The panel, in a browser">
        <div class="browser-bar">
          <span />
          <span />
          <span />
          <p>panel.example</p>
        </div>
        <iframe title="The panel" src="/try/panel" />
      </section>
      <div class="devices">
        <Phone key={call?.at ?? 0} call={call} />
        <Qaller messages={messages} />
      </div>
    </main>
  );
}

const root = document.getElementById('page');
if (root) render(<Window />, root);
