import { readFile } from 'node:fs/promises';
import { DynamoError, type ErrorCode, inputError } from '@dynamo/core';

export interface ServerConnection {
  readonly server: string;
  readonly tokenFile: string;
  /** Whose name commits carry. */
  readonly user: string;
  readonly signal: AbortSignal;
}

/** Asks and gives the text of the answer; a refusal is an error as the server's services threw it. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<string>;

export async function connectToServer({ server, tokenFile, user, signal }: ServerConnection): Promise<Ask> {
  if (!URL.canParse(server)) throw inputError({ what: `--server: ${JSON.stringify(server)} is not a URL` });
  const token = await readToken(tokenFile);
  const send = async (method: 'GET' | 'POST', url: URL, body: unknown): Promise<Response> => {
    try {
      return await fetch(url, {
        // Not by itself: it would leave the token behind.
        ...{ method, signal, redirect: 'manual' },
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          'dynamo-user': user,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      if (signal.aborted) throw new DynamoError('aborted', 'the call was aborted', { cause });
      throw new DynamoError('unavailable', `the server ${url.origin} cannot be reached: is it running?`, { cause });
    }
  };
  return async (method, path, body) => {
    let response = await send(method, new URL(path, server), body);
    // One that follows another sends changes there.
    for (let hops = 0; response.status === 307 && hops < MAX_HOPS; hops += 1) {
      const leader = new URL(response.headers.get('location') ?? '', server);
      await response.body?.cancel();
      response = await send(method, leader, body);
    }
    const text = await response.text();
    if (!response.ok) throw refusalOf(server, response.status, text);
    return text;
  };
}

const MAX_HOPS = 3;

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const hint = 'name it with --token-file; the server makes it in its data directory';
    throw inputError({ what: "the file with the server's token cannot be read", where: { file }, hint }, cause);
  }
}

/** Servers say what is wrong as `{"code", "message"}`, alone or as `error`; a proxy in between may not. */
function refusalOf(server: string, status: number, text: string): DynamoError {
  const said = parseObject(text);
  const error = typeof said.error === 'object' && said.error !== null ? (said.error as Record<string, unknown>) : said;
  const message = typeof error.message === 'string' ? error.message : `${server} answered ${status}`;
  const code = typeof error.code === 'string' && !error.code.startsWith('FST_') ? error.code : codeOf(status);
  return new DynamoError(code as ErrorCode, message, { data: { status, where: error.where ?? null } });
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function codeOf(status: number): ErrorCode {
  if (status === 400) return 'invalid-input';
  if (status === 401 || status === 403) return 'refused';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  return status >= 500 ? 'unavailable' : 'refused';
}
