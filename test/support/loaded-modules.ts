/** Node loads this before the service, in tests of what it loads: it prints each module of OpenTelemetry. */
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    if (url.includes('/@opentelemetry/')) process.stdout.write(`loaded ${url}\n`);
    return next(url, context);
  },
});
