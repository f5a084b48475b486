import { type AttributeProducer, DynamoError, isDynamoError, type VariableDefinition } from '@dynamo/core';
import { columnsOfWritten } from './columns-of-written.ts';
import { parseAttributeCsv } from './parse-attribute-csv.ts';
import { parseAttributeJson } from './parse-attribute-json.ts';

export interface AttributeEndpointOptions {
  /** Asked with GET, anew for every run; answers with what a file of attributes has, as JSON or `text/csv`. */
  readonly url: string;
  /** What it supplies; the answer must have all of it, and what else it has is left out. */
  readonly variables: readonly VariableDefinition[];
  /** Asked for at every request; sent as `Authorization: Bearer ..`. */
  readonly token?: () => Promise<string>;
  /** For the whole answer; default: 60 s. */
  readonly timeoutMs?: number;
  /** A longer answer is refused; default: 1 GiB. */
  readonly maxBytes?: number;
}

/**
 * A producer that asks an HTTP endpoint. Fails with `unavailable` where there is no answer in time, or another one than
 * 200, and with `invalid-input` for an answer that means nothing. Redirections are not followed: the token would be.
 */
export function attributeEndpoint(options: AttributeEndpointOptions): AttributeProducer {
  const { url, variables } = options;
  return {
    name: `endpoint ${url}`,
    provides: variables,
    async load(_view, { now, signal }) {
      const { text, isCsv } = await ask(options, signal);
      const written = isCsv ? parseAttributeCsv(text, url) : parseAttributeJson(text, url);
      return columnsOfWritten(written, variables, { file: url, now });
    },
  };
}

async function ask(
  { url, token, timeoutMs = 60_000, maxBytes = 1024 ** 3 }: AttributeEndpointOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly text: string; readonly isCsv: boolean }> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const headers = { accept: 'application/json, text/csv', ...(await authorization(token)) };
  try {
    const response = await fetch(url, {
      ...{ headers, redirect: 'manual' },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new DynamoError('unavailable', `${url} answered ${response.status} ${response.statusText}`.trimEnd());
    }
    const isCsv = response.headers.get('content-type')?.startsWith('text/csv') ?? false;
    return { text: await readText(response, url, maxBytes), isCsv };
  } catch (cause) {
    if (isDynamoError(cause) || signal?.aborted === true) throw cause;
    const why = timeout.aborted ? `no whole answer within ${timeoutMs} ms` : reasonOf(cause);
    throw new DynamoError('unavailable', `${url}: ${why}`, { cause });
  }
}

async function authorization(token: AttributeEndpointOptions['token']): Promise<Readonly<Record<string, string>>> {
  return token === undefined ? {} : { authorization: `Bearer ${await token()}` };
}

async function readText({ body }: Response, url: string, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new DynamoError('unavailable', `${url}: the answer is longer than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** `fetch failed` says nothing; what it was caused by does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
