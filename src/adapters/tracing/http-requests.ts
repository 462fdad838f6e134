import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Attributes, Span } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import { contextOf, errorType, fail, type Spans } from './spans.ts';

type Message = { request: ClientRequest; response: IncomingMessage; error: Error };

/**
 * A span for each request that Node tells of. Its path is left out: it holds an account, or a secret of a webhook.
 *
 * @returns how to stop.
 */
export function traceHttp(spans: Spans): () => void {
  const begun = new WeakMap<ClientRequest, Span>();
  const end = (request: ClientRequest, errorOf?: string) => {
    const span = begun.get(request);
    begun.delete(request);
    if (span && errorOf) fail(span, errorOf);
    span?.end();
  };
  const listeners: Record<string, (message: Message) => void> = {
    'http.client.request.created': ({ request }) => {
      const span = spans.part(request.method, attributesOf(request));
      if (span) begun.set(request, span);
      request.once('close', () => end(request));
      passOn(spans, span, request);
    },
    'http.client.response.finish': ({ request, response: { statusCode = 0 } }) => {
      begun.get(request)?.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
      end(request, statusCode >= 400 ? String(statusCode) : undefined);
    },
    'http.client.request.error': ({ request, error }) => end(request, errorType(error)),
  };
  const all = Object.entries(listeners) as [string, (message: unknown) => void][];
  for (const [name, listener] of all) subscribe(name, listener);
  return () => {
    for (const [name, listener] of all) unsubscribe(name, listener);
  };
}

function attributesOf(request: ClientRequest): Attributes {
  const { method, host, protocol } = request;
  const [, port] = /:(\d+)$/.exec(String(request.getHeader('host'))) ?? [];
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_SERVER_ADDRESS]: host,
    [ATTR_SERVER_PORT]: Number(port ?? (protocol === 'https:' ? 443 : 80)),
  };
}

/** Receivers of webhooks may continue the trace. Providers do not, and need not know of it. */
function passOn(spans: Spans, span: Span | null, request: ClientRequest): void {
  const active = spans.active();
  if (!active?.isPassedOn) return;
  const set = (_: unknown, name: string, value: string) => void request.setHeader(name, value);
  new W3CTraceContextPropagator().inject(contextOf(span ?? active.span), request, { set });
}
