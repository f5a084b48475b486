import type { PartitionName } from '../model/names.ts';
import type { PartitionRecord } from '../model/records.ts';
import type { LineCursor } from './line-cursor.ts';

/** Partitions and quotas: a union's quota is the sum of its parts', so it has none itself and theirs are not unlimited. */
export class PartitionTable {
  readonly #cursor: LineCursor;
  readonly #partitions = new Map<string, PartitionRecord>();
  readonly #parts = new Set<string>();
  readonly #unlimited = new Set<string>();
  readonly #quotas = new Set<string>();

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  add(record: PartitionRecord): void {
    const { name } = record;
    if (this.#partitions.has(name)) throw this.#cursor.fault('name', `partition ${name} is defined twice`);
    if ('parts' in record) {
      for (const part of record.parts) {
        if (!this.#partitions.has(part)) throw this.#unknown('parts', part);
        if (this.#unlimited.has(part)) {
          throw this.#cursor.fault(
            'parts',
            `partition ${part} has a negative (unlimited) quota, so it cannot be a part`,
          );
        }
        this.#parts.add(part);
      }
    }
    this.#partitions.set(name, record);
  }

  addQuota(site: string, partition: string, bytes: number): PartitionName {
    const record = this.#partitions.get(partition);
    if (record === undefined) throw this.#unknown('partition', partition);
    if ('parts' in record) {
      throw this.#cursor.fault('partition', `partition ${partition} is a union: its quota is the sum of its parts'`);
    }
    if (bytes < 0) {
      if (this.#parts.has(partition)) {
        throw this.#cursor.fault('bytes', `partition ${partition} is part of a union: its quota cannot be negative`);
      }
      this.#unlimited.add(partition);
    }
    const key = `${site}\t${partition}`;
    if (this.#quotas.has(key)) {
      throw this.#cursor.fault('partition', `the quota of partition ${partition} at ${site} is stated twice`);
    }
    this.#quotas.add(key);
    return record.name;
  }

  #unknown(key: string, name: string): Error {
    return this.#cursor.fault(key, `no earlier line defines the partition ${JSON.stringify(name.slice(0, 200))}`);
  }
}
