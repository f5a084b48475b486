import type { FastifyReply, FastifyRequest } from 'fastify';

/** Where the rest of a list is: the same question with other parameters. Null: this is all. */
export function linkNext(
  request: FastifyRequest,
  reply: FastifyReply,
  next: Readonly<Record<string, string | number | undefined>> | null,
): void {
  if (next === null) return;
  const [path = '', query = ''] = request.url.split('?');
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(next)) if (value !== undefined) parameters.set(name, String(value));
  reply.header('link', `<${path}?${parameters}>; rel="next"`);
}
