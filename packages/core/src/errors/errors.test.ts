import { describe, expect, it } from 'vitest';
import { abortedError, throwIfAborted } from './aborted-error.ts';
import { AssertionFailed, assert } from './assert.ts';
import { DynamoError, isDynamoError } from './dynamo-error.ts';
import { inputError } from './input-error.ts';

describe('DynamoError', () => {
  it('carries code, data and cause', () => {
    const cause = new Error('disk');
    const error = new DynamoError('corrupt', 'page 7 has a wrong checksum', { data: { page: 7 }, cause });
    expect(error).toMatchObject({ code: 'corrupt', data: { page: 7 }, cause, message: 'page 7 has a wrong checksum' });
    expect('cause' in new DynamoError('closed', 'closed')).toBe(false);
  });

  it('is told apart by code, and from errors of others', () => {
    const error: unknown = new DynamoError('not-found', 'no such site');
    expect(isDynamoError(error)).toBe(true);
    expect(isDynamoError(error, 'not-found')).toBe(true);
    expect(isDynamoError(error, 'conflict')).toBe(false);
    expect(isDynamoError(new Error('not-found'))).toBe(false);
    expect(isDynamoError({ code: 'not-found' })).toBe(false);
    expect(isDynamoError(undefined)).toBe(false);
  });

  it('is recognised across copies of the package, which share only the registered symbol', () => {
    const foreign = Object.assign(new Error('full'), { [Symbol.for('@dynamo/core/error')]: true, code: 'queue-full' });
    expect(isDynamoError(foreign, 'queue-full')).toBe(true);
  });
});

describe('assert', () => {
  it('throws an internal error, and only when the condition fails', () => {
    expect(() => assert(true, 'fine')).not.toThrow();
    expect(() => assert(0, 'rows in use')).toThrow(AssertionFailed);
    expect(isDynamoError(new AssertionFailed('x'), 'internal')).toBe(true);
  });
});

describe('inputError', () => {
  it.each([
    [{}, 'no such variable'],
    [{ file: 'a.txt', line: 3, column: 9 }, 'a.txt:3:9: no such variable'],
    [{ file: 'a.txt' }, 'a.txt: no such variable'],
    [{ line: 3 }, 'line 3: no such variable'],
    [{ path: 'dataset[3].size' }, 'dataset[3].size: no such variable'],
    [{ file: 'a.json', path: 'dataset[3].size' }, 'a.json: dataset[3].size: no such variable'],
  ])('names the place %j', (where, message) => {
    expect(inputError({ what: 'no such variable', where }).message).toBe(message);
  });

  it('ends with what to do, and keeps the parts for programs', () => {
    const error = inputError({ what: 'no such site', where: { line: 1 }, hint: 'did you mean T2_US_MIT?' });
    expect(error.message).toBe('line 1: no such site (did you mean T2_US_MIT?)');
    expect(error.data).toEqual({ what: 'no such site', where: { line: 1 }, hint: 'did you mean T2_US_MIT?' });
  });
});

describe('abortedError', () => {
  it('wraps a foreign reason and lets one of ours through', () => {
    expect(abortedError('waiting', AbortSignal.abort('why'))).toMatchObject({ code: 'aborted', cause: 'why' });
    const deadline = new DynamoError('deadline', 'too late');
    expect(abortedError('waiting', AbortSignal.abort(deadline))).toBe(deadline);
  });

  it('throws only for an aborted signal', () => {
    expect(() => throwIfAborted('waiting', undefined)).not.toThrow();
    expect(() => throwIfAborted('waiting', new AbortController().signal)).not.toThrow();
    expect(() => throwIfAborted('waiting', AbortSignal.abort())).toThrow('waiting was aborted');
  });
});
