import { type Attributes, type Span, SpanKind } from '@opentelemetry/api';
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import type { Tracing } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import { isAnswer } from '../metrics/measured.ts';
import { errorType, fail, type Spans } from './spans.ts';

export type PostgresServer = { address: string; port: number; database: string };

/** What a call of a port waits for: one statement may carry the changes of many requests. */
export function traceQueries(spans: Spans, server: PostgresServer | null): Tracing['query'] {
  const about: Attributes = {
    [ATTR_DB_SYSTEM_NAME]: 'postgresql',
    ...(server && {
      [ATTR_DB_NAMESPACE]: server.database,
      [ATTR_SERVER_ADDRESS]: server.address,
      [ATTR_SERVER_PORT]: server.port,
    }),
  };
  return (operation, work) => {
    const span = spans.part(operation, { ...about, [ATTR_DB_OPERATION_NAME]: operation });
    const answer = work();
    if (span) void endWith(span, Promise.resolve(answer));
    return answer;
  };
}

async function endWith(span: Span, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAnswer(error)) fail(span, problemOf(error) ?? errorType(error));
  } finally {
    span.end();
  }
}

function problemOf(error: unknown): string | null {
  return error instanceof Problem ? error.kind.name : null;
}

export function traceDeliveries(spans: Spans): Tracing['delivery'] {
  return async (provider, work) => {
    const about = { 'doublecheck.provider': provider };
    const span = spans.part(`deliver ${provider}`, about, SpanKind.INTERNAL);
    if (!span) return work();
    try {
      const done = await spans.within(span, work);
      if (done.delivery !== 'accepted') fail(span, done.delivery);
      return done;
    } finally {
      span.end();
    }
  };
}

export function traceWebhooks(spans: Spans): Tracing['webhook'] {
  return async (work) => {
    const span = spans.top('deliver webhook', SpanKind.INTERNAL, {});
    try {
      await spans.within(span, work, true);
    } catch (error) {
      fail(span, errorType(error));
      throw error;
    } finally {
      span.end();
    }
  };
}
