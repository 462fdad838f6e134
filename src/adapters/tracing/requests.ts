import { defaultTextMapGetter, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { Tracing } from '../../domain/ports.ts';
import { fail, type Spans } from './spans.ts';

/**
 * A span for each request. The path, the address and the agent of the caller are left out: a path has the user.
 * Of the caller's headers only `traceparent` counts: `tracestate` is text of others.
 */
export function traceRequests(spans: Spans): Tracing['request'] {
  const propagator = new W3CTraceContextPropagator();
  return ({ method, route, traceparent }) => {
    const parent = propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
    const attributes = {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_URL_SCHEME]: 'http',
      ...(route && { [ATTR_HTTP_ROUTE]: route }),
    };
    const name = route ? `${method} ${route}` : method;
    const span = spans.top(name, SpanKind.SERVER, attributes, parent);
    return {
      traceId: span.spanContext().traceId,
      within: (next) => spans.within(span, next),
      end({ status, problem, challengeId }) {
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
        if (problem) span.setAttribute('doublecheck.problem', problem);
        if (challengeId) span.setAttribute('doublecheck.challenge.id', challengeId);
        if (status >= 500) fail(span, problem ?? String(status));
        span.end();
      },
    };
  };
}
