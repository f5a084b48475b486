import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StateImage } from '../columns/state-image.ts';
import { type JudgeWarmStart, readWarmStart, writeWarmStart } from './warm-start-file.ts';

const key = { version: 17, commit: 'abc' };
const isOurs: JudgeWarmStart = ({ version, commit }) => (version === 17 && commit === 'abc' ? null : 'not ours');
let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warm-start-'));
  path = join(directory, 'inventory.warm');
});
afterEach(() => rm(directory, { recursive: true }));

/** In the middle of other bytes. */
function page(size: number, fill: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(2 * size), size / 2, size).fill(fill);
}

const image: StateImage = {
  pages: { 'a.b': [page(4096, 1), page(16384, 2)], c: [], d: [page(3 << 20, 7)] },
  values: { rows: 12, names: ['x', 'ü'] },
};

function contents({ pages, values }: StateImage): unknown {
  return [
    Object.entries(pages).map(([name, list]) => [
      name,
      list.map((p) => Buffer.from(p.buffer, p.byteOffset, p.byteLength).toString('base64')),
    ]),
    values,
  ];
}

it('gives back what was written, and leaves one file', async () => {
  await writeWarmStart(path, image, key);
  const read = await readWarmStart(path, isOurs);
  expect(read.ok && contents(read.image)).toEqual(contents(image));
  expect(await readdir(directory)).toEqual(['inventory.warm']);
});

it('is good for the version and the commit that it names only; without a file there is nothing to say', async () => {
  expect(await readWarmStart(path, isOurs)).toEqual({ ok: false, why: undefined });
  await writeWarmStart(path, image, key);
  expect(await readWarmStart(path, ({ version }) => `version ${version} will not do`)).toMatchObject({
    ok: false,
    why: expect.stringMatching(/version 17 will not do/),
  });
  expect(await readWarmStart(path, ({ commit }) => (commit === 'abc' ? null : 'another'))).toMatchObject({
    ok: true,
    key,
  });
});

it('is refused with any byte changed, or cut anywhere', async () => {
  const small: StateImage = { pages: { c: [page(64, 3)] }, values: { rows: 1 } };
  await writeWarmStart(path, small, key);
  const bytes = await readFile(path);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, flip, cut) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] as number) ^ flip;
        await writeFile(path, cut ? bytes.subarray(0, at) : damaged);
        expect(await readWarmStart(path, isOurs)).toMatchObject({ ok: false, why: expect.stringContaining(path) });
      },
    ),
    { numRuns: 150 },
  );
});

it('leaves the older file when writing is aborted', async () => {
  await writeWarmStart(path, image, key);
  await expect(
    writeWarmStart(path, image, { version: 18, commit: 'x' }, { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'aborted' });
  expect(await readWarmStart(path, isOurs)).toMatchObject({ ok: true });
  expect(await readdir(directory)).toEqual(['inventory.warm']);
});
