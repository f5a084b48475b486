import { nearestName } from '../condition/nearest-name.ts';
import type { BlockName, DatasetName, GroupName, SiteName } from '../model/names.ts';
import type { LineCursor } from './line-cursor.ts';
import { NameIndex } from './name-index.ts';

/** The names that earlier lines have defined. Records get the string of the definition, so that each is kept once. */
export class DumpNames {
  readonly #cursor: LineCursor;
  readonly #groups = new Map<string, GroupName>();
  readonly #sites = new Map<string, number>();
  readonly #siteNames: SiteName[] = [];
  readonly #datasets = new Map<string, number>();
  readonly #datasetNames: DatasetName[] = [];
  readonly #blocks = new NameIndex();
  // Lines of one dataset, and of one block, mostly stand together.
  #lastDataset = { name: '', index: -1 };
  #lastBlock = { dataset: -1, name: '', index: -1 };

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  get blocks(): number {
    return this.#blocks.count;
  }

  addGroup(name: GroupName): void {
    if (this.#groups.has(name)) throw this.#twice('name', `group ${name}`);
    this.#groups.set(name, name);
  }

  addSite(name: SiteName): void {
    if (this.#sites.has(name)) throw this.#twice('name', `site ${name}`);
    this.#sites.set(name, this.#siteNames.push(name) - 1);
  }

  addDataset(name: DatasetName): void {
    if (this.#datasets.has(name)) throw this.#twice('name', `dataset ${name}`);
    this.#datasets.set(name, this.#datasetNames.push(name) - 1);
  }

  /** The number of the block. */
  addBlock(dataset: number, name: BlockName): number {
    const index = this.#blocks.add(dataset, name);
    if (index === -1) throw this.#twice('name', `block ${name} of dataset ${this.#datasetNames[dataset]}`);
    return index;
  }

  group(name: string | null | undefined): GroupName | null {
    if (name === null || name === undefined) return null;
    const known = this.#groups.get(name);
    if (known === undefined) throw this.#unknown('group', 'group', name, this.#groups.keys());
    return known;
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  site(name: string): number {
    const index = this.#sites.get(name);
    if (index === undefined) throw this.#unknown('site', 'site', name, this.#sites.keys());
    return index;
  }

  siteName(index: number): SiteName {
    return this.#siteNames[index] as SiteName;
  }

  dataset(name: string): number {
    if (name === this.#lastDataset.name) return this.#lastDataset.index;
    const index = this.#datasets.get(name);
    if (index === undefined) throw this.#unknown('dataset', 'dataset', name, []);
    this.#lastDataset = { name, index };
    return index;
  }

  datasetName(index: number): DatasetName {
    return this.#datasetNames[index] as DatasetName;
  }

  block(dataset: number, name: string): number {
    const last = this.#lastBlock;
    if (dataset === last.dataset && name === last.name) return last.index;
    const index = this.#blocks.find(dataset, name);
    if (index === -1) {
      throw this.#unknown('block', `block of dataset ${this.#datasetNames[dataset]}`, name, []);
    }
    this.#lastBlock = { dataset, name, index };
    return index;
  }

  #twice(key: string, what: string): Error {
    return this.#cursor.fault(key, `${what} is defined twice`);
  }

  #unknown(key: string, kind: string, name: string, known: Iterable<string>): Error {
    const near = nearestName(name, known);
    const hint = near === undefined ? 'a line may name only what earlier lines define' : `did you mean ${near}?`;
    return this.#cursor.fault(key, `no earlier line defines the ${kind} ${JSON.stringify(name.slice(0, 200))}`, hint);
  }
}
