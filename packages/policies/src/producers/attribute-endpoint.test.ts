import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDynamoError, replicaVariables } from '@dynamo/core';
import { afterEach, describe, expect, it } from 'vitest';
import { viewOf } from '../testing-fixtures/view-of.ts';
import { type AttributeEndpointOptions, attributeEndpoint } from './attribute-endpoint.ts';
import { loadAttributes } from './load-attributes.ts';

const variables = ['dataset.usage_rank'].flatMap((name) => replicaVariables().get(name) ?? []);
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ranks`;
}

async function load(url: string, options: Partial<AttributeEndpointOptions> = {}): Promise<unknown> {
  using view = await viewOf([]);
  const columns = await loadAttributes(view, [attributeEndpoint({ url, variables, ...options })], { now: 0 });
  return Object.fromEntries(Array.from(columns, ([name, column]) => [name, Object.fromEntries(column)]));
}

function answering(body: string, type = 'application/json'): RequestListener {
  return (_request, response) => response.setHeader('content-type', type).end(body);
}

describe('attributeEndpoint', () => {
  it('reads JSON, with its token, and leaves out what it was not asked for', async () => {
    let authorization: string | undefined;
    const url = await serve((request, response) => {
      authorization = request.headers.authorization;
      response.end('{"dataset.usage_rank":{"/A":1.5},"dataset.other":{}}');
    });
    expect(await load(url, { token: async () => 'secret' })).toEqual({ 'dataset.usage_rank': { '/A': 1.5 } });
    expect(authorization).toBe('Bearer secret');
  });

  it('reads a table', async () => {
    const url = await serve(answering('dataset,dataset.usage_rank\n/A,2\n', 'text/csv; charset=utf-8'));
    expect(await load(url)).toEqual({ 'dataset.usage_rank': { '/A': 2 } });
  });

  const faults: [string, RequestListener, Partial<AttributeEndpointOptions>, RegExp][] = [
    ['an error of the server', (_q, r) => r.writeHead(503).end('no'), {}, /answered 503 Service Unavailable/],
    ['a redirection', (_q, r) => r.writeHead(302, { location: '/elsewhere' }).end(), {}, /answered 302/],
    ['no answer', () => {}, { timeoutMs: 50 }, /no whole answer within 50 ms/],
    ['half an answer', (_q, r) => r.write('{"dataset'), { timeoutMs: 50 }, /no whole answer within 50 ms/],
    ['a broken connection', (q) => q.socket.destroy(), {}, /other side closed|ECONNRESET|terminated/],
    ['too long an answer', answering(' '.repeat(2000)), { maxBytes: 1000 }, /longer than 1000 bytes/],
    ['no JSON', answering('<html>'), {}, /it is not JSON/],
    ['nothing of what it provides', answering('{}'), {}, /dataset\.usage_rank is not in it/],
    ['a value that is none', answering('{"dataset.usage_rank":{"/A":"Infinity"}}'), {}, /"Infinity" is not a value/],
  ];
  it.each(faults)('fails with its name for %s', async (_what, answer, options, message) => {
    const url = await serve(answer);
    const fault = await load(url, options).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isDynamoError(fault, 'unavailable') || isDynamoError(fault, 'invalid-input')).toBe(true);
    expect((fault as Error).message).toMatch(/^producer endpoint http:/);
    expect((fault as Error).message).toMatch(message);
  });

  it('fails where nobody listens', async () => {
    const url = await serve(() => {});
    for (const close of closing.splice(0)) close();
    await expect(load(url)).rejects.toThrow(/ECONNREFUSED/);
  });
});
