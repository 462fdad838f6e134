import { equal, ok } from 'node:assert/strict';

type Probe = { httpGet: { path: string } };
type Container = {
  command?: string[];
  env: { name: string; value: string }[];
  livenessProbe: Probe;
  readinessProbe: Probe;
  securityContext: { readOnlyRootFilesystem: boolean };
};
export type KubernetesObject = {
  apiVersion: string;
  kind: string;
  metadata: { annotations?: Record<string, string> };
  spec: { template: { spec: { containers: [Container] } } };
};

const parts = ['Service', 'PodDisruptionBudget', 'HorizontalPodAutoscaler', 'NetworkPolicy'];

/** What the types of the API do not know of the objects that the chart makes with its own values. */
export function checkPromises(objects: KubernetesObject[]): void {
  const find = (kind: string) => {
    const found = objects.find((one) => one.kind === kind);
    ok(found, `the chart has no ${kind}`);
    return found;
  };
  parts.forEach(find);
  const [deployment, job] = [find('Deployment'), find('Job')];
  const [[service], [migrate]] = [containersOf(deployment), containersOf(job)];
  equal(service.livenessProbe.httpGet.path, '/health/live', 'a restart brings no store back');
  equal(service.readinessProbe.httpGet.path, '/health/ready');
  equal(job.metadata.annotations?.['helm.sh/hook'], 'pre-install,pre-upgrade');
  equal(migrate.command?.join(' '), 'doublecheck migrate');
  equal(
    objects.some(({ kind }) => kind === 'Secret'),
    false,
    'secrets come by reference',
  );
  for (const { securityContext, env } of [service, migrate]) {
    equal(securityContext.readOnlyRootFilesystem, true);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'SECRETS'])
      ok(
        env.some((one) => one.name === `${name}_FILE`),
        `${name} is no file`,
      );
  }
}

const containersOf = ({ spec }: KubernetesObject) => spec.template.spec.containers;
