/**
 * Node loads this before the service (`--import`), and nothing in the service knows of it. It puts
 * `fake-sdk.ts` in the place of Twilio's SDK, so that what is measured is the login without its delivery.
 */
import { registerHooks } from 'node:module';

const fake = new URL('fake-sdk.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'twilio' ? { url: fake, shortCircuit: true } : next(specifier, context),
});
