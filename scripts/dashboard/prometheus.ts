import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startProcess, temporaryFolder } from '../../test/support/server-process.ts';

export type Line = { name: string; points: [seconds: number, value: number][] };
export type Span = { from: number; to: number };
type Target = { expr: string; legendFormat: string };
type Series = { metric: Record<string, string>; values: [number, string][] };

/** A Prometheus that reads one replica each second, with the rules of the alerts. */
export async function startPrometheus(root: string, replica: number) {
  const port = await freePort();
  const folder = temporaryFolder();
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '5s' },
    rule_files: [join(root, 'deploy/prometheus/alerts.yaml')],
    scrape_configs: [
      { job_name: 'doublecheck', static_configs: [{ targets: [`127.0.0.1:${replica}`] }] },
    ],
  };
  // JSON is YAML too.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const server = await startProcess({
    program: 'prometheus',
    args: [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
    ready: 'Server is ready to receive web requests',
    stopSignal: 'TERM',
  });
  const query = async ({ expr, legendFormat }: Target, { from, to }: Span): Promise<Line[]> => {
    const parameters = new URLSearchParams({
      query: expr.replaceAll('$__rate_interval', '10s'),
      start: String(from),
      end: String(to),
      step: '1',
    });
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query_range?${parameters}`);
    const { status, error, data } = (await answer.json()) as {
      status: string;
      error?: string;
      data: { result: Series[] };
    };
    if (status !== 'success') throw new Error(`${expr}: ${error}`);
    return data.result.map(({ metric, values }) => ({
      name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ''),
      points: values.map(([at, value]) => [at, Number(value)]),
    }));
  };
  return { stop: server.stop, query };
}
