import { isInstalled, output } from './tools.ts';

const unit = 'deploy/systemd/doublecheck.service';

/** Exposure 0 to 10 by systemd's own measure, times ten. */
const maxExposure = '20';

/** Keys that systemd knows, and an exposure that it calls OK. */
export function checkUnit(): string {
  if (!isInstalled('systemd-analyze')) return 'the unit of systemd is not checked: no systemd here';
  // It ends with 0 also when it does not know a key.
  const said = output('sh', ['-c', `systemd-analyze verify ${unit} 2>&1 || true`]);
  const about = said.split('\n').filter((line) => /doublecheck\.service:\d/.test(line));
  if (about.length > 0) throw new Error(about.join('\n'));
  output('systemd-analyze', ['security', '--offline=true', `--threshold=${maxExposure}`, unit]);
  return `the unit of systemd has an exposure below ${Number(maxExposure) / 10}`;
}
