import {
  type ChangeSet,
  ENTITIES,
  type Entity,
  type EntityRecords,
  type InventoryRecord,
  joinKey,
  TimeSlice,
} from '@dynamo/core';
import { type RowIds, without } from './row-ids.ts';
import type { EntityTable, Update, WriteContext } from './tables/entity-table.ts';
import { TABLES } from './tables/tables.ts';

/** Brings a change set into the tables, entity by entity: removals from leaf to root, then the rest from root to leaf. */
export async function applyChanges(context: WriteContext, { changes }: ChangeSet): Promise<void> {
  const sets = new Map(ENTITIES.map((entity) => [entity, emptySets()]));
  const references = new References();
  const slice = new TimeSlice();
  for (const [i, { entity, before, after }] of changes.entries()) {
    if (slice.isOverAt(i)) await slice.next();
    const { added, updated, removed } = sets.get(entity) as EntitySets;
    if (after === null) removed.push(before as EntityRecords[Entity]);
    else if (before === null) added.push(after);
    else updated.push({ before, after });
    references.collect(entity, (after ?? before) as EntityRecords[Entity], before === null);
  }
  await references.find(context.ids);

  for (const entity of [...ENTITIES].reverse()) {
    const { removed } = sets.get(entity) as EntitySets;
    if (removed.length > 0) await tableOf(entity).remove(context, removed);
  }
  for (const entity of ENTITIES) {
    const { added, updated } = sets.get(entity) as EntitySets;
    if (updated.length > 0) await tableOf(entity).update(context, updated);
    if (added.length > 0) await tableOf(entity).add(context, added);
  }
}

/** Adds records, each after those it refers to. */
export async function addRecords(context: WriteContext, records: readonly InventoryRecord[]): Promise<void> {
  const added = new Map<Entity, EntityRecords[Entity][]>(ENTITIES.map((entity) => [entity, []]));
  const references = new References();
  for (const { entity, record } of records) {
    added.get(entity)?.push(record);
    references.collect(entity, record, true);
  }
  await references.find(context.ids);
  for (const entity of ENTITIES) {
    const ofEntity = added.get(entity) ?? [];
    if (ofEntity.length > 0) await tableOf(entity).add(context, ofEntity);
  }
}

interface EntitySets {
  readonly added: EntityRecords[Entity][];
  readonly updated: Update<EntityRecords[Entity]>[];
  readonly removed: EntityRecords[Entity][];
}

function emptySets(): EntitySets {
  return { added: [], updated: [], removed: [] };
}

/** The sets hold records of the entity that they stand under. */
function tableOf(entity: Entity): EntityTable<Entity> {
  return TABLES[entity] as unknown as EntityTable<Entity>;
}

/** They refer to no group, site or partition, and are none. */
const WITHOUT_SMALL_TABLES: readonly Entity[] = ['dataset', 'block', 'file', 'lock'];

/** The names that records refer to, or have themselves, and that must be in the tables already. */
class References {
  readonly #datasets = new Set<string>();
  readonly #blocks = new Set<string>();
  readonly #newDatasets = new Set<string>();
  readonly #newBlocks = new Set<string>();
  /** Groups, sites and partitions. */
  #needsSmallTables = false;

  collect(entity: Entity, record: EntityRecords[Entity], isNew: boolean): void {
    if (!WITHOUT_SMALL_TABLES.includes(entity)) this.#needsSmallTables = true;
    switch (entity) {
      case 'dataset': {
        const { name } = record as EntityRecords['dataset'];
        (isNew ? this.#newDatasets : this.#datasets).add(name);
        return;
      }
      case 'block': {
        const { dataset, name } = record as EntityRecords['block'];
        (isNew ? this.#newBlocks : this.#blocks).add(joinKey(dataset, name));
        this.#datasets.add(dataset);
        return;
      }
      case 'file':
      case 'blockReplica': {
        const { dataset, block } = record as EntityRecords['file' | 'blockReplica'];
        this.#blocks.add(joinKey(dataset, block));
        return;
      }
      case 'datasetReplica':
        this.#datasets.add((record as EntityRecords['datasetReplica']).dataset);
        return;
      default:
    }
  }

  async find(ids: RowIds): Promise<void> {
    if (this.#needsSmallTables) await ids.readSmallTables();
    await ids.findDatasets(without(this.#datasets, this.#newDatasets));
    await ids.findBlocks(without(this.#blocks, this.#newBlocks));
  }
}
