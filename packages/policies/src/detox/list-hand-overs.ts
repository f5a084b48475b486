import { compareByteOrder } from '@dynamo/core';
import type { DetoxResult } from './detox-result.ts';

/** Blocks of one dataset replica that get another owner instead of being deleted. */
export interface HandOver {
  readonly dataset: string;
  readonly site: string;
  readonly to: string;
  /** The dataset replica, by its number in the image. */
  readonly replica: number;
  /** By their numbers in the image, ascending. */
  readonly copies: readonly number[];
}

/** Of what was not deleted later; sorted by site, dataset, new owner. */
export function listHandOvers({ run }: DetoxResult): HandOver[] {
  const { image, handedOver, view } = run;
  const { firstCopy, replicaDataset, replicaSite, datasetName, sites } = image.arrays;
  const copies = Uint32Array.from(handedOver.keys()).sort();
  const found: { readonly replica: number; readonly group: number; readonly copies: number[] }[] = [];
  let replica = 0;
  for (const copy of copies) {
    while ((firstCopy[replica + 1] as number) <= copy) replica += 1;
    const group = handedOver.get(copy) as number;
    // Those of a replica stand together.
    let at = found.length - 1;
    while (found[at]?.replica === replica && found[at]?.group !== group) at -= 1;
    const same = found[at]?.replica === replica ? found[at] : undefined;
    if (same === undefined) found.push({ replica, group, copies: [copy] });
    else same.copies.push(copy);
  }
  return found
    .sort((a, b) => siteOf(a.replica) - siteOf(b.replica) || a.replica - b.replica || compareByteOrder(to(a), to(b)))
    .map((each) => ({
      dataset: datasetName[replicaDataset[each.replica] as number] as string,
      site: sites[siteOf(each.replica)]?.name ?? '',
      to: to(each),
      replica: each.replica,
      copies: each.copies,
    }));

  function siteOf(replicaNumber: number): number {
    return replicaSite[replicaNumber] as number;
  }

  function to({ group }: { readonly group: number }): string {
    return view.tables.groups.get(group)?.name ?? '';
  }
}
