import { zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDynamoError } from '../errors/dynamo-error.ts';
import { Inventory } from '../inventory/inventory.ts';
import { loadState } from '../inventory/load-state.ts';
import { memoryStore } from '../memory/memory-store.ts';
import { generateDump } from '../testing/generate-dump.ts';
import { dumpOf } from './dump-source.ts';
import { readDump } from './read-dump.ts';
import { writeDump } from './write-dump.ts';

/** Reads a dump into a store and a state, and writes what came of it. */
async function throughAnInventory(text: string): Promise<string> {
  const dump = await readDump(dumpOf(text));
  await using store = memoryStore();
  await store.inventory.baseline(dump.head, dump.records, { operations: dump.operations });
  const inventory = await Inventory.open(store.inventory);
  using view = inventory.view();
  const chunks: Uint8Array[] = [];
  const operations = await store.operations.list();
  for await (const chunk of writeDump(view, { files: store.files, operations })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A text without white space at its ends and without control characters. */
const name = fc
  .string({
    minLength: 1,
    maxLength: 20,
    unit: fc.oneof(fc.constantFrom('/', '"', '\\', 'é', '😀', '\ue000'), fc.string({ minLength: 1, maxLength: 1 })),
  })
  .map((text) => text.trim().toWellFormed())
  .filter((text) => text !== '' && !/\p{Cc}/u.test(text));
const size = fc.oneof(
  fc.nat(1000),
  fc.maxSafeNat().map((n) => Math.floor(n / 1000)),
);
const time = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const names = (maxLength: number) => fc.uniqueArray(name, { minLength: 1, maxLength });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const attributes = fc.dictionary(
  fc.stringMatching(/^[a-z_]{1,10}$/),
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    fc.boolean(),
    name,
    fc.array(name, { maxLength: 2 }),
  ),
);

/** The lines of a dump, any of which may leave out what it may, in any order that names things before they are used. */
const anyDump = fc
  .record({
    groups: names(3),
    sites: names(4),
    datasets: names(3),
    blocks: names(4),
    files: fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,4}$/), { maxLength: 5 }),
    values: fc.infiniteStream(fc.nat(1_000_000)),
    size: fc.infiniteStream(size),
    time: fc.infiniteStream(time),
    attributes: fc.infiniteStream(maybe(attributes)),
    texts: fc.infiniteStream(maybe(fc.oneof(name, fc.constant(null)))),
  })
  .map((given) => {
    const draw = (bound: number): number => given.values.next().value % bound;
    const chance = (): boolean => draw(2) === 0;
    const pick = <T>(items: readonly T[]): T => items[draw(items.length)] as T;
    const [seconds, bytes, text] = [
      () => given.time.next().value,
      () => given.size.next().value,
      () => given.texts.next().value,
    ];
    const group = (): string | null | undefined => (chance() ? pick(given.groups) : chance() ? null : undefined);
    const lines: object[] = [{ type: 'dump', format: 1, version: 1 + draw(1000) }];
    for (const one of given.groups)
      lines.push({ type: 'group', name: one, level: pick([undefined, 'block', 'dataset']) });
    for (const one of given.sites) {
      const site = {
        type: 'site',
        name: one,
        storage: pick(['disk', 'mss', 'buffer', 'unknown']),
        status: pick(['ready', 'morgue']),
      };
      lines.push({ ...site, host: text(), backend: text(), verified: pick([undefined, true, false]) });
    }
    lines.push({ type: 'partition', name: 'Disk', condition: 'site.storage_type == DISK' });
    lines.push({ type: 'partition', name: 'All', parts: ['Disk'] });
    lines.push({ type: 'quota', site: pick(given.sites), partition: 'Disk', bytes: bytes() });
    const late: object[] = [];
    for (const dataset of given.datasets) {
      const line = { type: 'dataset', name: dataset, status: pick(['valid', 'unknown']), last_update: seconds() };
      lines.push({
        ...line,
        is_open: pick([undefined, true]),
        data_type: text(),
        attributes: given.attributes.next().value,
      });
      const rank = given.datasets.indexOf(dataset);
      for (const block of given.blocks.slice(0, draw(given.blocks.length + 1))) {
        const lfns = given.files.map((file) => `/store/${rank}/${given.blocks.indexOf(block)}/${file}`);
        const hasFiles = lfns.length > 0 && chance();
        const head = { type: 'block', dataset, name: block, is_open: chance(), last_update: seconds() };
        const sized = { ...head, size: bytes(), files: draw(100) };
        lines.push(hasFiles ? head : sized);
        const fileLines = hasFiles ? lfns.map((lfn) => ({ type: 'file', dataset, block, lfn, size: draw(1000) })) : [];
        const isLate = chance();
        if (!isLate) lines.push(...fileLines);
        for (const site of given.sites.filter(chance)) {
          const replica = { type: 'block_replica', dataset, block, site, last_update: seconds(), group: group() };
          const known = hasFiles && !isLate ? { lfns: lfns.filter(chance) } : {};
          const counted = hasFiles
            ? { size: 0, files: draw(2) }
            : { size: draw(sized.size + 1), files: draw(sized.files + 1) };
          lines.push({ ...replica, ...pick([{}, { custodial: true }]), ...pick([{}, known, counted]) });
          const operation = { type: 'operation', kind: pick(['copy', 'delete']), dataset, block, site };
          if (draw(4) === 0) (chance() ? lines : late).push({ ...operation, opened_at: pick([undefined, seconds()]) });
        }
        if (isLate) lines.push(...fileLines);
      }
      for (const site of given.sites.filter(chance))
        lines.push({ type: 'dataset_replica', dataset, site, group: group(), growing: chance() });
    }
    lines.push({ type: 'operation', kind: 'delete-path', site: pick(given.sites), path: 'a/b' });
    lines.push({
      type: 'lock',
      dataset: pick(given.datasets),
      site: pick([undefined, '*']),
      owner: text(),
      expires: pick([undefined, null, seconds()]),
    });
    return [...lines, ...late].map((line) => `${JSON.stringify(line)}\n`).join('');
  });

describe('reading and writing', () => {
  it('any dump: what was written is read and written alike', async () => {
    await fc.assert(
      fc.asyncProperty(anyDump, async (text) => {
        const written = await throughAnInventory(text);
        expect(await throughAnInventory(written)).toBe(written);
      }),
      { numRuns: 60 },
    );
  });

  it.each([{ files: false }, { files: true }])('a generated one keeps every line (%o)', async ({ files }) => {
    const text = [...generateDump({ seed: 'x', blockReplicas: files ? 60 : 2000, files })].join('');
    const written = await throughAnInventory(text);
    expect(written.split('\n').sort()).toEqual(text.split('\n').sort());
  });
});

describe('a damaged dump', () => {
  const plain = Buffer.from(
    [...generateDump({ seed: 3, blockReplicas: 40, blocksPerDataset: 2, files: true })].join(''),
  ).subarray(-40_000);
  const head = Buffer.from(
    [...generateDump({ seed: 3, blockReplicas: 12, blocksPerDataset: 2, files: true })].join(''),
  );

  const damage = fc.record({
    kind: fc.constantFrom('flip', 'cut', 'insert', 'remove', 'swap'),
    at: fc.double({ min: 0, max: 0.999999, noNaN: true }),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\n\\0e-'))),
    length: fc.integer({ min: 1, max: 40 }),
  });

  function damaged(
    bytes: Buffer,
    { kind, at, byte, length }: { kind: string; at: number; byte: number; length: number },
  ): Buffer {
    const start = Math.floor(at * bytes.length);
    const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)];
    switch (kind) {
      case 'flip':
        return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
      case 'cut':
        return before;
      case 'insert':
        return Buffer.concat([before, Buffer.alloc(length, byte), after]);
      case 'remove':
        return Buffer.concat([before, after.subarray(length)]);
      default:
        return Buffer.concat([
          before,
          after.subarray(length, 2 * length),
          after.subarray(0, length),
          after.subarray(2 * length),
        ]);
    }
  }

  async function loadsOrIsInvalid(bytes: Uint8Array): Promise<void> {
    try {
      const dump = await readDump(dumpOf(bytes), { file: 'inv' });
      await loadState(dump.records);
    } catch (error) {
      if (!isDynamoError(error, 'invalid-input')) throw error;
      expect(error.message).toMatch(/^inv(:\d+)?/);
    }
  }

  it('is invalid input, or one that loads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), (all) =>
        loadsOrIsInvalid(all.reduce(damaged, head)),
      ),
      { numRuns: 300 },
    );
  });

  it('compressed as well', async () => {
    const compressed = zstdCompressSync(head);
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), (all) =>
        loadsOrIsInvalid(all.reduce(damaged, compressed)),
      ),
      { numRuns: 150 },
    );
  });

  it('of which only the end is left is invalid input', async () => {
    await expect(readDump(dumpOf(plain)).then((dump) => loadState(dump.records))).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
