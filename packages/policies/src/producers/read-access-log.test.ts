import { type AccessRecord, isDynamoError } from '@dynamo/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf } from './access-day.ts';
import { readAccessLog } from './read-access-log.ts';

const day = dayOf(Date.UTC(2026, 0, 31) / 1000);

async function* inChunks(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, format: 'csv' | 'ndjson', size = 7): Promise<AccessRecord[]> {
  const batches: AccessRecord[] = [];
  for await (const batch of readAccessLog(inChunks(text, size), { file: 'log', format })) batches.push(...batch);
  return batches;
}

describe('readAccessLog', () => {
  const want: AccessRecord[] = [
    { dataset: '/Ä/B-v1/AOD', site: 'T2_US_MIT', day, accesses: 12, requests: 0 },
    { dataset: '/A/B-v1/AOD', site: '', day, accesses: 0, requests: 3 },
  ];

  it('reads objects, a line each', async () => {
    const text = [
      '{"dataset":"/Ä/B-v1/AOD","site":"T2_US_MIT","day":"2026-01-31","accesses":12}',
      '',
      `{"dataset":"/A/B-v1/AOD","day":${day * 86_400 + 5},"requests":3}`,
    ].join('\r\n');
    for (const size of [1, 7, 1000]) expect(await read(text, 'ndjson', size)).toEqual(want);
  });

  it('reads a table', async () => {
    const text =
      'day,dataset,site,accesses,requests\n2026-01-31,"/Ä/B-v1/AOD",T2_US_MIT,12,\n2026-01-31,/A/B-v1/AOD,,,3\n';
    expect(await read(text, 'csv')).toEqual(want);
  });

  it('gives back what was written, whatever the names are', async () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const records = fc.array(
      fc.record({ dataset: name, site: name, day: fc.nat(80_000), accesses: fc.nat(), requests: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 50 }), async (written, size) => {
        const text = written.map((record) => JSON.stringify({ ...record, day: dateOf(record.day) })).join('\n');
        expect(await read(text, 'ndjson', size)).toEqual(written);
      }),
    );
  });

  it.each([
    ['ndjson', '{"dataset":"/A","day":"2026-01-31","accesses":1}\n{', /^log:2: it is not JSON/],
    ['ndjson', '[]', /^log:1: an access is an object/],
    ['ndjson', '{"datset":"/A"}', /^log:1: unknown key "datset" \(did you mean dataset\?\)/],
    ['ndjson', '{"day":"2026-01-31","accesses":1}', /^log:1: dataset: a name/],
    ['ndjson', '{"dataset":"/A","accesses":1}', /^log:1: day: it is missing/],
    ['ndjson', '{"dataset":"/A","day":"2026-02-30","accesses":1}', /^log:1: day: "2026-02-30" is none/],
    ['ndjson', '{"dataset":"/A","day":1e300,"accesses":1}', /^log:1: day: 1e\+300 is none/],
    ['ndjson', '{"dataset":"/A","day":-1,"accesses":1}', /^log:1: day: -1 is none/],
    ['ndjson', '{"dataset":"/A","day":"2026-01-31"}', /^log:1: neither accesses nor requests/],
    ['ndjson', '{"dataset":"/A","day":"2026-01-31","accesses":-1}', /^log:1: accesses: -1 is no count/],
    ['ndjson', '{"dataset":"/A","day":"2026-01-31","accesses":1e999}', /^log:1: accesses: null is no count/],
    ['ndjson', '{"dataset":"/A","day":"2026-01-31","accesses":1.5}', /^log:1: accesses: 1.5 is no count/],
    ['ndjson', `{"dataset":"${'x'.repeat(70_000)}"`, /^log:1: the line is longer than 65536/],
    ['ndjson', Buffer.from([0x7b, 0xff, 0xfe]), /^log:1: it is not UTF-8/],
    ['csv', 'dataset,accesses\n', /^log:1: there is no column day/],
    ['csv', 'dataset,day,day\n', /^log:1: two columns have one name/],
    ['csv', 'dataset,day,hits\n', /^log:1: unknown key "hits"/],
    ['csv', 'dataset,day,accesses\n/A,2026-01-31\n', /^log:2: 2 fields, and the header has 3/],
    ['csv', 'dataset,day,accesses\n/A,2026-01-31,many\n', /^log:2: accesses: "many" is no count/],
  ] as const)('refuses %s %s', async (format, text, message) => {
    const fault = await read(text, format).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isDynamoError(fault, 'invalid-input')).toBe(true);
    expect((fault as Error).message).toMatch(message);
  });
});

function dateOf(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
