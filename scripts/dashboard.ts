/**
 * Draws the dashboard as Prometheus answers its own queries, with people who sign in meanwhile:
 * `npm run dashboard -- SECONDS`. Needs Prometheus. Grafana draws the same queries its own way.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { freePort } from '../test/support/server-process.ts';
import { startService } from '../test/support/start-service.ts';
import { drawPanels } from './dashboard/draw.ts';
import { signInFor } from './dashboard/people.ts';
import { startPrometheus } from './dashboard/prometheus.ts';

const root = join(import.meta.dirname, '..');
const seconds = Number(process.argv[2] ?? 150);

type Dashboard = {
  panels: {
    title: string;
    fieldConfig: { defaults: { unit: string } };
    targets: { expr: string; legendFormat: string }[];
  }[];
};

async function draw(): Promise<void> {
  await using open = new AsyncDisposableStack();
  // So few that somebody is refused while it is busy.
  const env = { STARTS_PER_USER_MINUTE: '90' };
  const starting = startService({ logLevel: 'silent', env });
  const service = open.adopt(await starting, ({ close }) => close());
  await service.organization({ policy: 'mandatory' });
  const port = await freePort();
  await service.app.listen({ host: '127.0.0.1', port });
  const prometheus = await startPrometheus(root, port);
  open.defer(prometheus.stop);
  const from = Date.now() / 1_000;
  await signInFor(service, seconds);
  const span = { from: from + 15, to: Date.now() / 1_000 };
  const { panels }: Dashboard = JSON.parse(
    readFileSync(join(root, 'deploy/grafana/dashboard.json'), 'utf8'),
  );
  const drawn = panels.map(async ({ title, fieldConfig, targets }) => ({
    title,
    unit: fieldConfig.defaults.unit,
    lines: (await Promise.all(targets.map((one) => prometheus.query(one, span)))).flat(),
  }));
  writeFileSync(join(root, 'docs/dashboard.svg'), drawPanels(await Promise.all(drawn), span));
}

await globalSetup();
try {
  await draw();
} finally {
  await globalTeardown();
}
process.stdout.write('docs/dashboard.svg is drawn\n');
process.exit(0);
