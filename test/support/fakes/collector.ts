import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it was exported. */
export type Exported = {
  name: string;
  kind: 'internal' | 'server' | 'client';
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  attributes: Record<string, unknown>;
  failed: boolean;
};

type Attribute = { key: string; value: Record<string, unknown> };

type OtlpSpan = Pick<Exported, 'name' | 'traceId' | 'spanId'> & {
  kind: number;
  parentSpanId?: string;
  attributes: Attribute[];
  status: { code: number };
};

type Batch = {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: OtlpSpan[] }[];
  }[];
};

/** Longer than any step takes on a slow machine. */
const patienceMs = 30_000;

/** A collector of traces on loopback: OTLP over HTTP, in JSON. */
export async function startCollector() {
  const requests: { path: string; headers: Record<string, unknown>; text: string }[] = [];
  const spans: Exported[] = [];
  const resources: Record<string, unknown>[] = [];
  const held: ServerResponse[] = [];
  const arrivals = new Set<() => void>();
  let answer: number | 'never' = 200;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    requests.push({ path: request.url ?? '', headers: request.headers, text });
    if (answer === 'never') held.push(response);
    else response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
    if (answer === 200) take(JSON.parse(text));
    for (const look of [...arrivals]) look();
  });
  const take = ({ resourceSpans }: Batch) => {
    for (const { resource, scopeSpans } of resourceSpans) {
      resources.push(valuesOf(resource.attributes));
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map(exported)));
    }
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    spans,
    resources,
    answerWith(next: number | 'never') {
      answer = next;
    },
    /** Waits for what was exported to be enough. */
    async until(isEnough: () => boolean): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error(`only: ${names(spans)}`)), patienceMs);
      const look = () => isEnough() && resolve();
      arrivals.add(look);
      look();
      await promise.finally(() => {
        clearTimeout(timer);
        arrivals.delete(look);
      });
    },
    async close(): Promise<void> {
      for (const response of held) response.end('{}');
      server.closeIdleConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const kinds = { 1: 'internal', 2: 'server', 3: 'client' } as Record<number, Exported['kind']>;

function exported({ name, traceId, spanId, parentSpanId, ...span }: OtlpSpan): Exported {
  return {
    name,
    kind: kinds[span.kind] ?? 'internal',
    traceId,
    spanId,
    parentSpanId: parentSpanId || null,
    attributes: valuesOf(span.attributes),
    failed: span.status.code === 2,
  };
}

function valuesOf(attributes: Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [only] = Object.values(value);
      return [key, 'intValue' in value ? Number(only) : only];
    }),
  );
}

const names = (spans: Exported[]) => spans.map(({ name }) => name).join(', ');
