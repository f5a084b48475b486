/**
 * The injection document: the nested JSON that the original `dynamo-inject` took. A field that is undefined was not
 * given: a new record gets its default, one that is there keeps what it has.
 */
import type { DatasetStatus, GroupLevel, SiteStatus, StorageType } from '../model/enumerations.ts';
import type { BlockName, DatasetName, GroupName, Lfn, SiteName } from '../model/names.ts';
import type { PfnSpecification } from '../model/records.ts';
import type { DocumentPlace } from './document-place.ts';

export interface InjectionDocument {
  readonly sites: readonly InjectedSite[];
  readonly groups: readonly InjectedGroup[];
  readonly datasets: readonly InjectedDataset[];
  readonly datasetReplicas: readonly InjectedDatasetReplica[];
}

interface Placed {
  /** Where it stands in the document, for faults that only applying it shows. */
  readonly place: DocumentPlace;
}

export interface InjectedSite extends Placed {
  readonly name: SiteName;
  readonly host: string | null | undefined;
  readonly storage: StorageType | undefined;
  readonly status: SiteStatus | undefined;
  readonly backend: string | null | undefined;
  readonly pfn: PfnSpecification | undefined;
  readonly lfn: PfnSpecification | undefined;
}

export interface InjectedGroup extends Placed {
  readonly name: GroupName;
  readonly level: GroupLevel | undefined;
}

export interface InjectedDataset extends Placed {
  readonly name: DatasetName;
  readonly status: DatasetStatus | undefined;
  readonly dataType: string | null | undefined;
  readonly softwareVersion: string | null | undefined;
  readonly isOpen: boolean | undefined;
  readonly lastUpdate: number | undefined;
  readonly blocks: readonly InjectedBlock[];
}

export interface InjectedBlock extends Placed {
  readonly name: BlockName;
  readonly isOpen: boolean | undefined;
  readonly lastUpdate: number | undefined;
  /** What the block must have once the document is applied. */
  readonly size: number | undefined;
  readonly files: number | undefined;
  readonly newFiles: readonly InjectedFile[];
}

export interface InjectedFile extends Placed {
  readonly lfn: Lfn;
  readonly size: number;
  readonly adler32: string | undefined;
  /** That have it; empty where the document does not say. */
  readonly sites: readonly SiteName[];
}

export interface InjectedDatasetReplica extends Placed {
  readonly dataset: DatasetName;
  readonly site: SiteName;
  readonly group: GroupName | null | undefined;
  readonly growing: boolean | undefined;
  readonly blockReplicas: readonly InjectedBlockReplica[];
}

export interface InjectedBlockReplica extends Placed {
  readonly block: BlockName;
  readonly group: GroupName | null | undefined;
  readonly lastUpdate: number | undefined;
}
