import { installed, output } from './tools.ts';

const rules = 'deploy/prometheus/alerts.yaml';

/** The rules are well-formed, and each alert is silent and fires when its tests say so. */
export function checkAlerts(): string {
  if (!installed('promtool', 'prometheus')) return 'the alerts are not checked: no promtool here';
  output('promtool', ['check', 'rules', rules]);
  output('promtool', ['test', 'rules', rules.replace('.yaml', '.test.yaml')]);
  return 'the alerts of Prometheus pass their tests';
}
