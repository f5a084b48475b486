import { isDynamoError } from '@dynamo/core';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from './read-configuration.ts';

const read = (text: string) => parseConfiguration(text, '/etc/dynamo/dynamo.yaml');

describe('producers in the configuration', () => {
  it('have paths relative to the file, and defaults', () => {
    expect(
      read(`producers:
- file: ranks.csv
- { kind: access-log, file: log.ndjson }
- { kind: http, url: "https://x.example/ranks", variables: [dataset.usage_rank], tokenFile: token }`).producers,
    ).toEqual([
      { kind: 'file', file: '/etc/dynamo/ranks.csv' },
      { kind: 'access-log', file: '/etc/dynamo/log.ndjson', horizonDays: 730, halfLifeDays: 30 },
      {
        ...{ kind: 'http', url: 'https://x.example/ranks', variables: ['dataset.usage_rank'] },
        ...{ tokenFile: '/etc/dynamo/token', timeoutSeconds: 60 },
      },
    ]);
  });

  it.each([
    ['producers: [{kind: acess-log, file: x}]', /:1: producers\[0\].*did you mean the kind access-log\?/],
    ['producers: [{kind: 7}]', /expected one of the kinds file, access-log/],
    ['producers: [ranks.csv]', /producers\[0\]/],
    ['producers: [{kind: http, url: "ftp://x", variables: [a]}]', /expected an http or https URL/],
    ['producers: [{kind: accesses, horizondays: 3}]', /did you mean horizonDays\?/],
    ['producers: [{kind: stored, variables: []}]', /producers\[0\]\.variables/],
    ['variables: [{name: dataset.name, type: text}]', /the policy language has a variable of that name already/],
    ['variables: [{name: site.x, type: text}]', /expected dataset\.NAME or replica\.NAME/],
    ['variables: [{name: dataset.x, type: text}, {name: dataset.x, type: number}]', /two variables have one name/],
  ])('are refused: %s', (text, message) => {
    let fault: unknown;
    try {
      read(text);
    } catch (error) {
      fault = error;
    }
    expect(isDynamoError(fault, 'invalid-input')).toBe(true);
    expect((fault as Error).message).toMatch(message);
  });
});
