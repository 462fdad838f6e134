import type { Twilio } from '../delivery/twilio.ts';
import { type Http, openHttp } from '../servers/http.ts';
import type { Step } from '../servers/server.ts';
import { challengeSteps } from '../servers/steps.ts';
import { logIn } from '../shared/load.ts';
import type { Person } from '../shared/people.ts';
import { sum } from '../shared/statistics.ts';

/** Milliseconds of each call and of all, from the first byte sent to the last one received. */
export type Timing = Record<Step | 'login', number>;

type Service = { urls: readonly string[]; apiKey: string; twilio: Twilio };

/** Makes whole logins. Each call goes to the replica with the fewest calls in flight. */
export function openLogins({ urls, apiKey, twilio }: Service) {
  const http = balanced(urls);
  const addressOf = ({ number }: Person) => number;
  const steps = challengeSteps({ http, codes: twilio.codes, apiKey, addressOf });
  return {
    async logIn(person: Person): Promise<Timing> {
      const { start = 0, verify = 0, redeem = 0 } = await logIn({ steps }, person);
      return { start, verify, redeem, login: sum([start, verify, redeem]) };
    },
    close: http.close,
  };
}

function balanced(urls: readonly string[]): Http {
  const replicas = urls.map(openHttp);
  const inFlight = urls.map(() => 0);
  return {
    async send(path, sent) {
      const replica = inFlight.indexOf(Math.min(...inFlight));
      const count = (change: 1 | -1) => {
        inFlight[replica] = (inFlight[replica] ?? 0) + change;
      };
      count(1);
      return (replicas[replica] as Http).send(path, sent).finally(() => count(-1));
    },
    async close() {
      await Promise.all(replicas.map((http) => http.close()));
    },
  };
}
