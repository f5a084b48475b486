/** New data of a day: datasets like those that were there at the beginning, at the sites where such data were. */
import {
  type BlockName,
  type DatasetName,
  type GroupName,
  type InventoryDraft,
  type InventoryView,
  joinKey,
  type Lfn,
  type RandomSource,
  type SiteName,
} from '@dynamo/core';

interface Template {
  readonly name: string;
  /** Bytes of each block. */
  readonly blocks: readonly number[];
  readonly group: GroupName | null;
}

export interface Templates {
  readonly datasets: readonly Template[];
  /** Ready, with disks. */
  readonly sites: readonly SiteName[];
}

export interface BornDataset {
  readonly dataset: DatasetName;
  readonly bytes: number;
}

export function templatesOf(view: InventoryView): Templates {
  const datasets: Template[] = [];
  for (const dataset of view.datasets()) {
    const blocks = [...dataset.blocks()].map(({ size }) => size);
    const [replica] = dataset.replicas();
    if (blocks.length > 0) datasets.push({ name: dataset.name, blocks, group: replica?.group ?? null });
  }
  const sites = [...view.sites()].filter(({ status, storage }) => status === 'ready' && storage === 'disk');
  return { datasets, sites: sites.map(({ name }) => name) };
}

export function injectDay(
  draft: InventoryDraft,
  { datasets, sites }: Templates,
  {
    random,
    count,
    day,
    now,
  }: { readonly random: RandomSource; readonly count: number; readonly day: number; readonly now: number },
): readonly BornDataset[] {
  if (datasets.length === 0 || sites.length === 0) return [];
  return Array.from({ length: count }, (_, i) => {
    const like = datasets[random.nextInt(datasets.length)] as Template;
    const site = sites[random.nextInt(sites.length)] as SiteName;
    return bear(draft, like, { site, name: nameLike(like.name, `${day}-${i}`), now });
  });
}

/** `/Primary/Era-sim3-17/TIER`: conditions on the first and the last part of a name go on holding. */
function nameLike(name: string, mark: string): DatasetName {
  const [, primary = 'Data', era = 'Run', ...rest] = name.split('/');
  return `/${primary}/${era.replace(/-sim.*$/, '')}-sim${mark}/${rest.join('/') || 'AOD'}` as DatasetName;
}

function bear(
  draft: InventoryDraft,
  { blocks, group }: Template,
  { site, name, now }: { readonly site: SiteName; readonly name: DatasetName; readonly now: number },
): BornDataset {
  const plain = { dataType: null, softwareVersion: null, isOpen: false, attributes: {} };
  draft.put('dataset', { name, status: 'valid', lastUpdate: now, ...plain });
  for (const [i, size] of blocks.entries()) {
    const block = `b${i}` as BlockName;
    draft.put('block', { dataset: name, name: block, size: 0, files: 0, isOpen: false, lastUpdate: now });
    draft.addFile({
      dataset: name,
      block,
      lfn: `/simulated${name}/${i}` as Lfn,
      size,
      checksums: {},
      presentAt: [site],
    });
    const record = draft.record('blockReplica', joinKey(name, block, site));
    if (record !== null) draft.put('blockReplica', { ...record, group });
  }
  return { dataset: name, bytes: blocks.reduce((sum, size) => sum + size, 0) };
}
