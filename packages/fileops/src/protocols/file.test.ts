import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeletionTask, SiteRecord, TaskResult, TransferTask } from '@dynamo/core';
import { storageContract } from '@dynamo/core/testing';
import { describe, expect, it } from 'vitest';
import { adler32, formatAdler32 } from '../adler32.ts';
import { createFileFederation, type FileFederation } from '../fixtures/file-federation.ts';
import { createFileStorage } from './file.ts';
import type { SkippedEntry } from './file-list.ts';

const BYTES = new TextEncoder().encode('precious');
const FILE = { size: BYTES.length, checksums: { adler32: formatAdler32(adler32(BYTES)) } };

describe('the storage contract, on directories', () => {
  for (const { name, run } of storageContract(() => createFileFederation())) it(name, run);
});

describe('copying between directories', () => {
  it('copies a file of many chunks and notices one byte that differs', async () => {
    await using federation = await createFileFederation();
    const bytes = new Uint8Array(5_000_001).map((_, i) => (i * 31) >>> 3);
    await federation.write(federation.source, 'big', bytes);
    const file = { size: bytes.length, checksums: { adler32: formatAdler32(adler32(bytes)) } };
    expect(await copy(federation, 'big', file)).toMatchObject({ ok: true, detail: 'copied' });
    expect(Buffer.compare((await federation.read(federation.destination, 'big')) as Uint8Array, bytes)).toBe(0);
    bytes[4_000_000] = (bytes[4_000_000] as number) ^ 1;
    await federation.write(federation.source, 'bad', bytes);
    expect(await copy(federation, 'bad', file)).toMatchObject({ ok: false, fault: 'source-corrupt', retryable: false });
    expect(await readdir(federation.root(federation.destination))).toEqual(['big']);
  });

  it('verifies every checksum that it knows, and lets one through that it does not', async () => {
    await using federation = await createFileFederation();
    await federation.write(federation.source, 'x', BYTES);
    const checksums = { adler32: FILE.checksums.adler32, homegrown: 'zz' };
    const wrong = { ...checksums, md5: '00000000000000000000000000000000' };
    expect(await copy(federation, 'x', { size: 8, checksums: wrong })).toMatchObject({ fault: 'source-corrupt' });
    expect(await copy(federation, 'x', { size: 8, checksums: { homegrown: 'zz' } })).toMatchObject({ ok: true });
  });

  it('asks for the claim again when the bytes are there, right before the final name is given', async () => {
    await using federation = await createFileFederation();
    await federation.write(federation.source, 'x', BYTES);
    let asked = 0;
    const answers = (limit: number) => () => {
      asked += 1;
      return asked <= limit;
    };
    await copy(federation, 'y', FILE, answers(100));
    asked = 0;
    expect(await copy(federation, 'x', FILE, answers(2))).toMatchObject({ fault: 'lost-claim' });
    expect(asked).toBe(3);
    expect(await readdir(federation.root(federation.destination))).toEqual([]);
  });

  it.each([
    ['outside its root', '/etc/passwd'],
    ['beside its root', (root: string) => `${root}-other/x`],
    ['above its root', (root: string) => `${root}/../x`],
    ['of another protocol', 'root://host//x'],
  ])('refuses a name %s', async (_, given) => {
    await using federation = await createFileFederation();
    await federation.write(federation.source, 'x', BYTES);
    const pfn = typeof given === 'string' ? given : given(federation.root(federation.destination));
    const result = await copy(federation, 'x', FILE, undefined, { pfn });
    expect(result).toMatchObject({ ok: false, fault: 'destination', retryable: false });
  });

  it('does not follow a symbolic link out of the root, nor one inside', async () => {
    await using federation = await createFileFederation();
    const root = federation.root(federation.destination);
    await federation.write(federation.source, 'out/x', BYTES);
    await federation.write(federation.source, 'in/x', BYTES);
    await mkdir(join(federation.directory, 'elsewhere'));
    await mkdir(join(root, 'real'));
    await symlink(join(federation.directory, 'elsewhere'), join(root, 'out'));
    await symlink(join(root, 'real'), join(root, 'in'));
    for (const path of ['out/x', 'in/x']) {
      expect(await copy(federation, path, FILE)).toMatchObject({ ok: false, fault: 'destination', retryable: false });
    }
    expect(await readdir(join(federation.directory, 'elsewhere'))).toEqual([]);
    expect(await readdir(join(root, 'real'))).toEqual([]);
  });

  it('leaves a symbolic link at the final name, and what it points to, alone', async () => {
    await using federation = await createFileFederation();
    await federation.write(federation.source, 'x', BYTES);
    const target = join(federation.directory, 'target');
    await writeFile(target, 'mine');
    await symlink(target, join(federation.root(federation.destination), 'x'));
    expect(await copy(federation, 'x', FILE)).toMatchObject({ ok: false, fault: 'destination', retryable: false });
    expect(await readdir(federation.root(federation.destination))).toEqual(['x']);
  });

  it('does not read through a symbolic link', async () => {
    await using federation = await createFileFederation();
    const secret = join(federation.directory, 'secret');
    await writeFile(secret, BYTES);
    await symlink(secret, join(federation.root(federation.source), 'x'));
    expect(await copy(federation, 'x', FILE)).toMatchObject({ ok: false, fault: 'source-corrupt' });
  });

  it('tells a storage that is not mounted from a file that is missing', async () => {
    await using federation = await createFileFederation();
    await rename(federation.root(federation.source), join(federation.directory, 'gone'));
    expect(await copy(federation, 'x', FILE)).toMatchObject({ ok: false, fault: 'other', retryable: true });
    expect(await remove(federation, 'x')).toMatchObject({ ok: false, fault: 'other', retryable: true });
  });

  it('survives deletions that remove the directory under its hands', async () => {
    await using federation = await createFileFederation();
    const paths = Array.from({ length: 40 }, (_, i) => `d/e/${i}`);
    for (const path of paths) await federation.write(federation.source, path, BYTES);
    const churn = async (): Promise<void> => {
      for (const path of paths) {
        await federation.write(federation.destination, 'd/e/victim', BYTES).catch(() => undefined);
        await remove(federation, 'd/e/victim', federation.destination);
        expect(await remove(federation, path, federation.destination)).toMatchObject({ ok: true });
      }
    };
    const [results] = await Promise.all([Promise.all(paths.map((path) => copy(federation, path, FILE))), churn()]);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
  });
});

describe('deleting from directories', () => {
  it('removes directories that have become empty, up to the root', async () => {
    await using federation = await createFileFederation();
    await federation.write(federation.source, 'a/b/c/x', BYTES);
    await federation.write(federation.source, 'a/y', BYTES);
    expect(await remove(federation, 'a/b/c/x')).toMatchObject({ ok: true, detail: 'deleted' });
    expect(await readdir(join(federation.root(federation.source), 'a'))).toEqual(['y']);
    expect(await remove(federation, 'a/y')).toMatchObject({ ok: true });
    expect(await readdir(federation.root(federation.source))).toEqual([]);
  });

  it('never follows a symbolic link and never removes one, nor a directory', async () => {
    await using federation = await createFileFederation();
    const root = federation.root(federation.source);
    await mkdir(join(federation.directory, 'elsewhere'));
    await writeFile(join(federation.directory, 'elsewhere', 'x'), BYTES);
    await symlink(join(federation.directory, 'elsewhere'), join(root, 'out'));
    await symlink(join(federation.directory, 'elsewhere', 'x'), join(root, 'link'));
    await mkdir(join(root, 'directory'));
    for (const path of ['out/x', 'link', 'directory']) {
      expect(await remove(federation, path)).toMatchObject({ ok: false, retryable: false });
    }
    expect(await readdir(join(federation.directory, 'elsewhere'))).toEqual(['x']);
    expect((await readdir(root)).sort()).toEqual(['directory', 'link', 'out']);
  });
});

describe('listing directories', () => {
  it('reports symbolic links apart and follows none', async () => {
    const skipped: SkippedEntry[] = [];
    await using federation = await createFileFederation(
      createFileStorage({ onSkipped: (_, entry) => skipped.push(entry) }),
    );
    await federation.write(federation.source, 'a/x', BYTES);
    await symlink(federation.directory, join(federation.root(federation.source), 'a', 'loop'));
    await symlink('x', join(federation.root(federation.source), 'a', 'y'));
    expect(await listing(federation)).toEqual(['a/x']);
    expect(skipped).toEqual([
      { path: 'a/loop', what: 'symbolic link' },
      { path: 'a/y', what: 'symbolic link' },
    ]);
  });

  it('fails where the root is not there, instead of finding nothing', async () => {
    await using federation = await createFileFederation();
    await rm(federation.root(federation.source), { recursive: true });
    await expect(listing(federation)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails where a directory cannot be read', async () => {
    await using federation = await createFileFederation();
    await federation.write(federation.source, 'a/x', BYTES);
    await federation.write(federation.source, 'b', BYTES);
    const files = federation.lister.list({ ...federation.source, backend: `file://${federation.directory}/T2_A/b` });
    await expect(files[Symbol.asyncIterator]().next()).rejects.toThrow(/ENOTDIR/);
  });

  it('leaves out files that are being written, and sweeps those that nobody writes any more', async () => {
    await using federation = await createFileFederation();
    for (const path of ['a/.dynamo-part-old', 'a/.dynamo-part-new', 'b/.dynamo-part-old', 'a/x']) {
      await federation.write(federation.source, path, BYTES);
      if (path.endsWith('old')) await utimes(join(federation.root(federation.source), path), 1000, 1000);
    }
    expect(await listing(federation)).toEqual(['a/x']);
    expect(await federation.storage.sweepParts(federation.source, 2000)).toBe(2);
    expect(await readdir(join(federation.root(federation.source), 'a'))).toEqual(['.dynamo-part-new', 'x']);
    expect(await readdir(federation.root(federation.source))).toEqual(['a']);
  });
});

async function copy(
  { source, destination, pfn, transfers }: FileFederation,
  path: string,
  file: Pick<TransferTask, 'size' | 'checksums'>,
  stillMine: () => boolean = () => true,
  to: { readonly pfn: string } = { pfn: pfn(destination, path) },
): Promise<TaskResult> {
  const task: TransferTask = {
    id: path,
    source: { site: source, pfn: pfn(source, path) },
    destination: { site: destination, ...to },
    ...file,
    stillMine,
  };
  return only(transfers.transfer([task]));
}

async function remove(
  { source, pfn, deletions }: FileFederation,
  path: string,
  site: SiteRecord = source,
): Promise<TaskResult> {
  const task: DeletionTask = { id: path, site, pfn: pfn(site, path), stillMine: () => true };
  return only(deletions.delete([task]));
}

async function only(results: AsyncIterable<TaskResult>): Promise<TaskResult> {
  for await (const result of results) return result;
  throw new Error('no result');
}

async function listing({ lister, source }: FileFederation): Promise<string[]> {
  const paths: string[] = [];
  for await (const files of lister.list(source)) paths.push(...files.map(({ path }) => path));
  return paths;
}
