/** The status page: three static files. It shows nothing by itself, but asks the interface, with the reader's token. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const FILES = [
  { url: '/', file: 'status.html', type: 'text/html; charset=utf-8' },
  { url: '/status.css', file: 'status.css', type: 'text/css; charset=utf-8' },
  { url: '/status.js', file: 'status.js', type: 'text/javascript; charset=utf-8' },
] as const;

/** Routes that need no token: these files and nothing else. An address that leads nowhere needs one. */
export function isOpenRoute(url: string | undefined): boolean {
  return FILES.some((file) => file.url === url);
}

/** Only its own two files, only questions to this server; and no text can become markup or script, by mistake or not. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export function addPageRoutes(app: FastifyInstance): void {
  const folder = new URL('../../web/', import.meta.url);
  for (const { url, file, type } of FILES) {
    const content = readFileSync(new URL(file, folder));
    app.get(url, (_request, reply) =>
      reply.type(type).header('content-security-policy', CONTENT_SECURITY_POLICY).send(content),
    );
  }
}
