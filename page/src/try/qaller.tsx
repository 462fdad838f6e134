import { Drawing } from '../parts/icons.tsx';
import type { Delivery } from './delivery.ts';

/** The app, with the push message that it gets. */
export function Qaller({ messages }: { messages: Delivery[] }) {
  return (
    <section class="phone" aria-label="The Qaller app">
      <div class="phone-screen" role="status">
        <p class="phone-idle">Qaller</p>
        {messages.length === 0 && (
          <p class="phone-small">Log in with Qaller on the left to receive push messages here.</p>
        )}
        {messages.map(({ at, code }) => (
          <div class="push" key={at}>
            <Drawing name="device" />
            <div>
              <p class="push-title">Your verification code</p>
              <p>
                Your code is <strong class="push-code">{code}</strong>. Share it with nobody.
              </p>
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
