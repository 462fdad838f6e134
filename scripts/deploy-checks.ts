/**
 * Checks what deploys the service, without a cluster: the Helm chart, the Dockerfile, the unit of systemd, the
 * alerts.
 * `npm run deploy-checks`. Its tools have a lock of their own: `npm ci` of the service stays small.
 */
import { execFileSync } from 'node:child_process';
import { checkAlerts } from './deploy/alerts.ts';
import { checkChart } from './deploy/chart.ts';
import { checkDockerfile } from './deploy/dockerfile.ts';
import { checkUnit } from './deploy/systemd.ts';
import { toolsFolder } from './deploy/tools.ts';

const install = 'ci --legacy-peer-deps --omit=peer --ignore-scripts --no-audit --no-fund --silent';
execFileSync('npm', install.split(' '), { cwd: toolsFolder, stdio: 'inherit' });
for (const check of [checkChart, checkDockerfile, checkUnit, checkAlerts])
  process.stdout.write(`✔ ${check()}\n`);
