import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const nothing = {
  'default-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** What a browser may do with an answer that is no page: nothing. */
export const securityHeaders = {
  'content-security-policy': policy({}),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** A page of ours: no script, and this style sheet alone. */
export function pagePolicy(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return policy({ 'style-src': `'sha256-${hash}'` });
}

/** The page of the API's description: its own files, and calls to this service. */
export const apiPagePolicy = policy({
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/**
 * Marks every answer. There are no CORS headers: a page that calls us comes from our own origin,
 * or from a backend. TLS ends in front of us, so whether there is any is what the issuer says.
 */
export function guardAnswers(app: FastifyInstance, issuer: string): void {
  const tls = issuer.startsWith('https:');
  const strict = tls ? { 'strict-transport-security': 'max-age=31536000' } : {};
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ ...securityHeaders, ...strict });
  });
}

function policy(more: Record<string, string>): string {
  return Object.entries({ ...nothing, ...more })
    .map((directive) => directive.join(' '))
    .join('; ');
}
