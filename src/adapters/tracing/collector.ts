import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BatchSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { Log } from '../../domain/ports.ts';
import type { Current } from './spans.ts';

/** Where spans go. */
export type Collector = { url: string; headers: Record<string, string> };

/** One attempt to send, with its repetitions. */
const sendLimitMs = 5_000;

/**
 * Sends spans in batches, beside all else. Nobody waits for a collector that is away or slow: what does not fit into
 * the queue is lost.
 */
export function sendingTo(collector: Collector, log: Log, current: Current): SpanProcessor {
  const exporter = new OTLPTraceExporter({ ...collector, timeoutMillis: sendLimitMs });
  return new BatchSpanProcessor({
    exporter: telling(exporter, log, current),
    maxQueueSize: 8_192,
    maxExportBatchSize: 512,
    scheduledDelayMillis: 1_000,
    exportTimeoutMillis: sendLimitMs,
  });
}

/** Logs one line when the collector stops taking spans, and one when it takes them again. */
function telling(exporter: SpanExporter, log: Log, current: Current): SpanExporter {
  let failing = false;
  const tell = ({ code, error }: ExportResult) => {
    const failed = code === ExportResultCode.FAILED;
    if (failed === failing) return;
    failing = failed;
    if (failed) log.warn({ code: Object(error).code }, 'traces are not taken, and are lost');
    else log.info({}, 'traces are taken again');
  };
  return {
    export(batch, done) {
      // Sending is no part of the request whose span came last.
      current.run(null, () =>
        exporter.export(batch, (result) => {
          tell(result);
          done(result);
        }),
      );
    },
    shutdown: () => exporter.shutdown(),
  };
}
