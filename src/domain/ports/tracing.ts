import type { Delivery } from './channel.ts';

/** The span of one request. */
export interface RequestSpan {
  /** 32 hex digits: those of the caller's `traceparent`, or new ones. */
  traceId: string;
  /** Calls `next`. What that starts is part of the request. */
  within(next: () => void): void;
  /** @param answer its `problem` is the name of one. */
  end(answer: {
    status: number;
    problem?: string | undefined;
    challengeId?: string | undefined;
  }): void;
}

/** Traces for OpenTelemetry. They name no user, organization, number, code, token or secret. */
export interface Tracing {
  /** @param request its `route` is a pattern, and `traceparent` the caller's header. */
  request(request: {
    method: string;
    route: string | undefined;
    traceparent: string | undefined;
  }): RequestSpan;
  /** One call of a port that PostgreSQL answers, by its name. Outside of a request it leaves no span. */
  query<T>(operation: string, work: () => T): T;
  /** One delivery of a code to a provider, with the requests that it makes. */
  delivery(provider: string, work: () => Promise<Delivery>): Promise<Delivery>;
  /** The attempt to deliver one webhook: a trace of its own, which the receiver can continue. */
  webhook(work: () => Promise<void>): Promise<void>;
  /** Sends what is left, within seconds. Never rejects. */
  close(): Promise<void>;
}
