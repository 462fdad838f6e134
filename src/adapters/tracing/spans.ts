import type { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';

/** What is traced now. */
export type Active = {
  span: Span;
  /** Whether requests take `traceparent` along. */
  isPassedOn: boolean;
};

/** Follows each request through all that it waits for. Null: not part of one. */
export type Current = AsyncLocalStorage<Active | null>;

export type Spans = ReturnType<typeof spansOf>;

/** Spans, and which of them is the parent of what happens now. */
export function spansOf(tracer: Tracer, current: Current) {
  return {
    active: (): Active | null => current.getStore() ?? null,
    /** A span without a parent in this process. */
    top: (name: string, kind: SpanKind, attributes: Attributes, parent: Context = ROOT_CONTEXT) =>
      tracer.startSpan(name, { kind, attributes }, parent),
    /** A part of what is traced now. Null when nothing is, or when it is not sampled. */
    part(name: string, attributes: Attributes, kind = SpanKind.CLIENT): Span | null {
      const parent = current.getStore()?.span;
      if (!parent || !isSampled(parent)) return null;
      return tracer.startSpan(name, { kind, attributes }, contextOf(parent));
    },
    within<T>(span: Span, work: () => T, isPassedOn = false): T {
      return current.run({ span, isPassedOn }, work);
    },
  };
}

/** Also of one that has ended: what it started may go on. */
function isSampled(span: Span): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

export function contextOf(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

/** @param type one of few. Messages are left out: they may name a number, a code or a token. */
export function fail(span: Span, type: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The code or the class of an error. */
export function errorType(error: unknown): string {
  const { code, name } = Object(error);
  return typeof code === 'string' ? code : String(name ?? 'Error');
}
