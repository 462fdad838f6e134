import type { Config } from '../config/config.ts';
import { redisTopology } from '../config/redis-settings.ts';
import type { Channel } from '../domain/ports.ts';

type Facts = {
  config: Config;
  address: string;
  apiKey: string | null;
  channels: ReadonlyMap<string, Channel>;
};

/** The first lines for a person who tries the service: address, stores, next step. */
export function banner({ config, address, apiKey, channels }: Facts): string {
  const delivery = [...channels.values()].map((one) => `${one.method} by ${one.provider}`);
  const lines = [
    '',
    ...(apiKey ? [`Try it: open ${address}/try in a browser`, ''] : []),
    `Doublecheck listens on ${address}`,
    '',
    `  API        ${address}/docs`,
    `  database   ${config.DATABASE_URL ? 'PostgreSQL' : 'embedded PostgreSQL in .data/'}`,
    `  store      ${redisTopology(config) ? 'Redis' : 'in this process'}`,
    `  delivery   ${delivery.join(', ')}`,
  ];
  if (apiKey) lines.push(`  API key    ${apiKey}  (for development)`, '', login(address, apiKey));
  return `${lines.join('\n')}\n\n`;
}

function login(address: string, apiKey: string): string {
  return `See a whole login: npm run demo. Or paste one into another terminal:

  URL=${address}
  KEY=${apiKey}
  JSON='content-type: application/json'
  curl -s -X PUT $URL/v1/organizations/acme -H "authorization: Bearer $KEY" -H "$JSON" \\
    -d '{"policy":"optional"}' -o /dev/null
  TOKEN=$(curl -s $URL/v1/challenges -H "authorization: Bearer $KEY" -H "$JSON" \\
    -d '{"organizationId":"acme","userId":"'$RANDOM'","app":{"name":"company-panel"}}' |
    sed 's/.*"challengeToken":"\\([^"]*\\)".*/\\1/')
  curl -s $URL/v1/challenge/factors -H "authorization: Bearer $TOKEN" -H "$JSON" \\
    -d '{"method":"call","phoneNumber":"06 12345678"}'; echo

The phone rings: its code is printed here. Within 30 seconds, with that code for 0000:

  curl -s $URL/v1/challenge/verify -H "authorization: Bearer $TOKEN" -H "$JSON" \\
    -d '{"code":"0000"}'; echo

A backup is offered. Skip it, and the answer has the result:

  curl -s -X POST $URL/v1/challenge/skip -H "authorization: Bearer $TOKEN"; echo`;
}
