/** What carrying out operations needs from outside. */
import type {
  BlockReplicaKey,
  DeletionBackend,
  FileCatalogue,
  Inventory,
  InventoryView,
  TransferBackend,
  Verdict,
} from '@dynamo/core';
import type { SiteNaming } from '../site-naming.ts';

/** The reading side of an inventory. */
export type InventoryReader = Pick<Inventory, 'view' | 'version' | 'changesSince'>;

/** The guard's last word, when a deletion is about to be carried out: core's `judgeDeletion`, or more. */
export type JudgeDeletion = (view: InventoryView, replica: BlockReplicaKey, now: number) => Verdict;

export interface ExpansionContext {
  readonly inventory: InventoryReader;
  readonly files: FileCatalogue;
  readonly naming: SiteNaming;
  readonly transfers: readonly TransferBackend[];
  readonly deletions: readonly DeletionBackend[];
  readonly judgeDeletion: JudgeDeletion;
  readonly nowSeconds: () => number;
}
