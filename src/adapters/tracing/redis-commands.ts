import { tracingChannel } from 'node:diagnostics_channel';
import type { Attributes, Span } from '@opentelemetry/api';
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_STORED_PROCEDURE_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import type { CommandTraceContext } from 'ioredis';
import { scriptNames } from '../redis/scripts.ts';
import { errorType, fail, type Spans } from './spans.ts';

/**
 * A span for each command that ioredis tells of. Keys and arguments are left out: they hold codes.
 *
 * @param hasAddress false behind Sentinels, where ioredis does not tell which server answers.
 * @returns how to stop.
 */
export function traceRedis(spans: Spans, hasAddress: boolean): () => void {
  const channel = tracingChannel<string, CommandTraceContext>('ioredis:command');
  const begun = new WeakMap<CommandTraceContext, Span>();
  const scripts = scriptNames();
  const listeners = {
    start(command: CommandTraceContext) {
      const script = scripts.get(String(command.args[0]));
      const name = command.command.toUpperCase();
      const attributes = attributesOf(command, name, script, hasAddress);
      const span = spans.part(script ? `${name} ${script}` : name, attributes);
      if (span) begun.set(command, span);
    },
    end: nothing,
    asyncStart: nothing,
    asyncEnd: (command: CommandTraceContext) => begun.get(command)?.end(),
    error(command: CommandTraceContext & { error: unknown }) {
      const span = begun.get(command);
      if (!span) return;
      const answered = replyCode(command.error);
      if (answered) span.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, answered);
      fail(span, answered ?? errorType(command.error));
    },
  };
  channel.subscribe(listeners);
  return () => channel.unsubscribe(listeners);
}

const nothing = () => {};

function attributesOf(
  { database, serverAddress, serverPort }: CommandTraceContext,
  name: string,
  script: string | undefined,
  hasAddress: boolean,
): Attributes {
  return {
    [ATTR_DB_SYSTEM_NAME]: 'redis',
    [ATTR_DB_OPERATION_NAME]: name,
    [ATTR_DB_NAMESPACE]: String(database),
    ...(script && { [ATTR_DB_STORED_PROCEDURE_NAME]: script }),
    ...(hasAddress && { [ATTR_SERVER_ADDRESS]: serverAddress, [ATTR_SERVER_PORT]: serverPort }),
  };
}

/** The first word of an error that Redis answered, such as `OOM`. */
function replyCode(error: unknown): string | undefined {
  const { name, message } = Object(error);
  return name === 'ReplyError' ? /^[A-Z]+/.exec(message)?.[0] : undefined;
}
