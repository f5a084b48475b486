import type { InventoryRecord } from '@dynamo/core';

/** The time of the small federations, and of their policies. */
export const NOON = 1_767_225_600;

export interface SmallFederation {
  /** By name: `disk` unless the name begins with `T`; quotas of partition P. */
  readonly sites: Readonly<Record<string, { readonly quota?: number; readonly status?: string }>>;
  /** dataset -> block -> copies, each `site:owner` and more: `~` incomplete, `!` custodial, `+` being copied to. */
  readonly data: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Dataset replicas without blocks, `dataset@site`. */
  readonly empty?: readonly string[];
  readonly status?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly locks?: readonly Readonly<Record<string, unknown>>[];
  readonly partition?: string;
}

/** Every block has 10 bytes and 2 files; an incomplete copy has half, nobody knows which. Groups in capitals own datasets. */
export function small(federation: SmallFederation): readonly InventoryRecord[] {
  const { sites, data, empty = [], locks = [], partition = 'site.name == *' } = federation;
  const groups = ['A', 'B', 'c', 'd'].map((name) => ({ name, level: name < 'a' ? 'dataset' : 'block' }));
  const copies = Object.entries(data).flatMap(([dataset, blocks]) =>
    Object.entries(blocks).flatMap(([block, written]) =>
      written.split(' ').map((copy) => ({ dataset, block, ...copyOf(copy) })),
    ),
  );
  const replicas = new Set([...copies.map(({ dataset, site }) => `${dataset}@${site}`), ...empty]);
  return [
    ...groups.map((record) => ({ entity: 'group', record })),
    ...Object.entries(sites).map(([name, { status = 'ready' }]) => ({
      entity: 'site',
      record: {
        name,
        host: null,
        storage: name.startsWith('T') ? 'mss' : 'disk',
        status,
        backend: null,
        verified: true,
        pfn: {},
        lfn: {},
      },
    })),
    { entity: 'partition', record: { name: 'P', condition: partition } },
    ...Object.entries(sites).flatMap(([site, { quota }]) =>
      quota === undefined ? [] : [{ entity: 'quota', record: { site, partition: 'P', bytes: quota } }],
    ),
    ...Object.keys(data).map((name) => ({
      entity: 'dataset',
      record: {
        name,
        status: federation.status?.[name] ?? 'valid',
        dataType: null,
        softwareVersion: null,
        lastUpdate: NOON - 86_400,
        isOpen: false,
        attributes: federation.attributes?.[name] ?? {},
      },
    })),
    ...Object.entries(data).flatMap(([dataset, blocks]) =>
      Object.keys(blocks).map((name) => ({
        entity: 'block',
        record: { dataset, name, size: 10, files: 2, isOpen: false, lastUpdate: NOON - 86_400 },
      })),
    ),
    ...[...replicas].map((at) => ({
      entity: 'datasetReplica',
      record: { dataset: at.split('@')[0], site: at.split('@')[1], group: null, growing: false },
    })),
    ...copies.map(({ dataset, block, site, group, marks }) => ({
      entity: 'blockReplica',
      record: {
        dataset,
        block,
        site,
        group,
        custodial: marks.includes('!'),
        lastUpdate: NOON - 86_400,
        operation: marks.includes('+') ? 'copy' : 'none',
        partial:
          marks.includes('~') || marks.includes('+') ? { size: 5, files: 1, contents: { kind: 'unknown' } } : null,
      },
    })),
    ...locks.map((lock, i) => ({
      entity: 'lock',
      record: { id: i + 1, site: null, group: null, block: null, expires: null, owner: null, comment: null, ...lock },
    })),
  ] as unknown as readonly InventoryRecord[];
}

function copyOf(written: string): { site: string; group: string | null; marks: string } {
  const [, site = '', owner = '', marks = ''] = /^(\w+)(?::(\w+))?([~!+]*)$/.exec(written) ?? [];
  return { site, group: owner === '' ? null : owner, marks };
}
