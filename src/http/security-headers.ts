import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const nothing = {
  'default-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Of every answer: it is for one caller, and a browser may do nothing with one that is not a page. */
export const answerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': policy({}),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Our own page: no script, and only this style sheet. */
export function pagePolicy(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return policy({ 'style-src': `'sha256-${hash}'` });
}

/** The API page: its own files, and calls to this service. */
export const apiPagePolicy = policy({
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/** The 2FA page: its own files, calls to this service, and a logo that came with its challenge. */
export function twoFactorPagePolicy(framers: readonly string[]): string {
  return policy({
    'frame-ancestors': framers.join(' ') || "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': 'data:',
    'connect-src': "'self'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  });
}

/** The pages of `/try`: their own files, and frames of this service. */
export function tryPagePolicy(framers: string): string {
  return policy({
    'frame-ancestors': framers,
    'frame-src': "'self'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': 'data:',
    'connect-src': "'self'",
  });
}

/** A proxy ends TLS, so the issuer tells. */
export function guardAnswers(app: FastifyInstance, issuer: string): void {
  const tls = issuer.startsWith('https:');
  const strict = tls ? { 'strict-transport-security': 'max-age=31536000' } : {};
  const headers = { ...answerHeaders, ...strict };
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers).header('x-request-id', request.id);
    done();
  });
}

function policy(more: Record<string, string>): string {
  return Object.entries({ ...nothing, ...more })
    .map((directive) => directive.join(' '))
    .join('; ');
}
