import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateDump } from '../testing/generate-dump.ts';
import { DumpSurvey } from './dump-survey.ts';
import { FastLines } from './fast-lines.ts';
import { LineCursor } from './line-cursor.ts';
import { RecordReader } from './record-reader.ts';

const HEAD = [
  { type: 'group', name: 'AnalysisOps' },
  { type: 'site', name: 'T2_US_MIT', storage: 'disk', status: 'ready' },
  { type: 'site', name: 'T2 é', storage: 'disk', status: 'ready' },
  { type: 'dataset', name: '/A/B-v1/AOD', status: 'valid', last_update: 1 },
  { type: 'dataset', name: '/A/"B\\-v2/AOD', status: 'valid', last_update: 1 },
  { type: 'block', dataset: '/A/B-v1/AOD', name: 'b', size: 10, files: 2, is_open: false, last_update: 1 },
  { type: 'block', dataset: '/A/"B\\-v2/AOD', name: 'c', size: 10, files: 2, is_open: false, last_update: 1 },
].map((line) => JSON.stringify(line));

const text = (...common: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...common).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: fc.constantFrom(...common).map(escaped) },
    { weight: 1, arbitrary: fc.string({ maxLength: 4, unit: 'binary' }).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom('null', 'true', '7', '[]', '"a', '"\u0000"', '"\\q"', '') },
  );
const number = fc.oneof(
  { weight: 30, arbitrary: fc.nat(10).map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('4294967295', '4294967296', '999999999999999', '9007199254740991', '9007199254740993'),
  },
  { weight: 1, arbitrary: fc.constantFrom('-0', '-1', '01', '00', '1.0', '1e2', '1E400', '"1"', 'null', '+1', '') },
);
const flag = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom('true', 'false') },
  { weight: 1, arbitrary: fc.constantFrom('null', '0', 'tru', 'True', 'truefalse') },
);
const checksums = fc.oneof(
  { weight: 4, arbitrary: text('0a1b2c3d', 'A1').map((value) => `{"adler32":${value}}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('{}', '{ "adler32" : "1" }', '{"adler32":"1","md5":"x"}', '{"adler32":"1",}', '[]'),
  },
);

const dataset = text('/A/B-v1/AOD', '/A/"B\\-v2/AOD', '/none');
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  dataset,
  block: text('b', 'b', 'c', 'none'),
  name: text('x', 'y', 'b', ' blank', 'DEL\u007f'),
  site: text('T2_US_MIT', 'T2 é', 'T2_None'),
  group: fc.oneof(text('AnalysisOps', 'NoOps'), fc.constant('null')),
  lfn: text('/store/1', '/store/2', '/store//3', 'store'),
  size: number,
  files: number,
  last_update: number,
  is_open: flag,
  custodial: flag,
  growing: flag,
  checksums,
  lfns: fc.constantFrom('[]', '["/store/1"]'),
};
const keysOf: Readonly<Record<string, readonly string[]>> = {
  block: ['dataset', 'name', 'size', 'files', 'is_open', 'last_update'],
  file: ['dataset', 'block', 'lfn', 'size', 'checksums'],
  dataset_replica: ['dataset', 'site', 'group', 'growing'],
  block_replica: ['dataset', 'block', 'site', 'group', 'last_update', 'custodial', 'size', 'files'],
};

const seldom = <T>(value: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 60, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });
const space = seldom('', fc.constantFrom(' ', '  ', '\t', '\r', '\u00a0'));

/** A line that is nearly, or quite, as it should be, written in one of many ways. */
const line = fc.constantFrom(...Object.keys(keysOf)).chain((type) => {
  const usual = keysOf[type] as readonly string[];
  const keys = fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    { weight: 6, arbitrary: fc.constant(usual.filter((key) => key !== 'size' && key !== 'files')) },
    { weight: 3, arbitrary: fc.shuffledSubarray([...usual], { minLength: usual.length - 1 }) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...Object.keys(values), 'type', 'x'), { maxLength: 6 }) },
  );
  return keys.chain((chosen) => {
    const pair = (key: string): fc.Arbitrary<string> =>
      fc
        .tuple(
          space,
          seldom(JSON.stringify(key), fc.constant(escaped(key))),
          space,
          space,
          values[key] ?? number,
          space,
        )
        .map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`);
    return fc
      .tuple(
        fc.tuple(...chosen.map(pair)),
        space,
        seldom(',', fc.constantFrom(',,', '', ' , ')),
        seldom('}', fc.constantFrom('} ', ',}', '', '}}', '}\r')),
      )
      .map(([pairs, before, comma, end]) => `${before}${[`{"type":"${type}"`, ...pairs].join(comma)}${end}`);
  });
});

const damage = fc.option(
  fc.record({ at: fc.double({ min: 0, max: 0.999999, noNaN: true }), byte: fc.nat(255), isCut: fc.boolean() }),
  { nil: undefined, freq: 4 },
);

interface Outcome {
  readonly records: string;
  readonly fault: string | null;
}

function outcome(bytes: Buffer, fast: FastLines | null): Outcome {
  const survey = new DumpSurvey(10_000);
  survey.readLines(bytes, new LineCursor('inv'));
  const reader = new RecordReader(survey, new LineCursor('inv'), fast);
  let fault: string | null = null;
  try {
    reader.readLines(bytes);
    reader.finish();
  } catch (error) {
    fault = String(error);
  }
  return { records: JSON.stringify(reader.take()), fault };
}

describe('lines read fast', () => {
  it('give the records and the fault that the slow way gives', async () => {
    let read = 0;
    let whole = 0;
    const counting = new FastLines();
    const alike = fc.property(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      damage,
      fc.boolean(),
      (lines, harm, isEnded) => {
        let bytes: Buffer = Buffer.from([...HEAD, ...lines].join('\n') + (isEnded ? '\n' : ''));
        if (harm !== undefined) {
          const at = Math.floor(harm.at * bytes.length);
          if (harm.isCut) bytes = bytes.subarray(0, at);
          else bytes[at] = harm.byte;
        }
        const slow = outcome(bytes, null);
        expect(outcome(bytes, new FastLines())).toEqual(slow);
        for (const one of lines) read += counting.read(Buffer.from(one), 0) ? 1 : 0;
        whole += slow.fault === null ? 1 : 0;
      },
    );
    await fc.assert(alike, { numRuns: 1500 });
    // Neither way is without its share.
    expect(read).toBeGreaterThan(300);
    expect(whole).toBeGreaterThan(30);
  });

  it.each([
    ['as they are written', (text: string) => text],
    [
      'with blanks, as other programs write them',
      (text: string) => text.replaceAll(/(?<=[^\\]"[:,]|[0-9e],)(?=["\dtf])/g, ' '),
    ],
  ])('are all of the long sections of a dump %s', (_, rewrite) => {
    const fast = new FastLines();
    const texts = [...generateDump({ seed: 'x', blockReplicas: 300, files: true })].join('').split('\n');
    const lines = texts.filter((one) => /^\{"type":"(block|file|block_replica|dataset_replica)"/.test(one));
    const left = lines.map(rewrite).filter((one) => !fast.read(Buffer.from(one), 0));
    expect(left.filter((one) => !one.includes('"lfns":'))).toEqual([]);
    expect(left.length).toBeLessThan(lines.length / 20);
  });
});

function escaped(value: string): string {
  return `"${[...value].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
}
