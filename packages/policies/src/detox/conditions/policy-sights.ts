/** Sights over a partition image: objects whose properties are read when a function asks for them, and not before. */
import {
  compareByteOrder,
  DynamoError,
  type VariableCatalogue,
  type VariableDefinition,
  type VariableValue,
} from '@dynamo/core';
import type { BlockReplicaSight, ReplicaSight } from '../../typescript/sights.ts';
import { wordName } from '../../typescript/variable-kinds.ts';
import type { ImageFigures } from './image-binders.ts';
import { dependenceOf, type ImageBinders } from './image-binders.ts';

/** Is told of every variable that a function reads; of one of blocks `row` is the copy. */
export type ReadListener = (variable: VariableDefinition, value: VariableValue, row: number) => void;

export interface PolicySights {
  /** Of the replica that is walked. */
  readonly replica: ReplicaSight;
  blockReplica(copy: number): BlockReplicaSight;
}

export function policySights(
  figures: ImageFigures,
  binders: ImageBinders,
  catalogue: VariableCatalogue,
  onRead: ReadListener,
): PolicySights {
  const { walk, image } = figures;
  const { tables, blockRow, copyBlock } = image.arrays;
  const readers = new Readers(binders, catalogue, onRead);
  const ofReplica = (level: string): object => readers.properties(level, () => walk.replica);

  const replica: ReplicaSight = Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(ofReplica('replica')),
      dataset: { value: ofReplica('dataset') },
      site: { value: ofReplica('site') },
      blockReplicas: {
        // In an order that is the same in every run: rows may come to stand in another one.
        get: () => byBlockName(walk.copies.subarray(0, walk.count)).map((copy) => blockReplica(copy)),
      },
      value: { value: (name: string) => readers.value(name, walk.replica) },
    },
  ) as ReplicaSight;

  function blockName(copy: number): string {
    return tables.blocks.name(blockRow[copyBlock[copy] as number] as number);
  }

  function byBlockName(copies: Uint32Array): readonly number[] {
    const named = Array.from(copies, (copy) => ({ copy, name: blockName(copy) }));
    return named.sort((a, b) => compareByteOrder(a.name, b.name)).map(({ copy }) => copy);
  }

  function blockReplica(copy: number): BlockReplicaSight {
    const sight = readers.properties('blockreplica', (isOfCopy) => (isOfCopy ? copy : walk.replica));
    return Object.defineProperties(sight, {
      block: { get: () => blockName(copy) },
      replica: { value: replica },
      dataset: { value: replica.dataset },
      site: { value: replica.site },
    }) as BlockReplicaSight;
  }

  return { replica, blockReplica };
}

class Readers {
  readonly #binders: ImageBinders;
  readonly #catalogue: VariableCatalogue;
  readonly #onRead: ReadListener;
  readonly #byName = new Map<string, (row: number) => VariableValue>();

  constructor(binders: ImageBinders, catalogue: VariableCatalogue, onRead: ReadListener) {
    this.#binders = binders;
    this.#catalogue = catalogue;
    this.#onRead = onRead;
  }

  /** A property for each variable of the level. */
  properties(level: string, rowOf: (isOfCopy: boolean) => number): object {
    const sight = {};
    for (const variable of this.#catalogue.variables()) {
      if (variable.level !== level) continue;
      const name = wordName(variable.name).split('.')[1] as string;
      const isOfCopy = dependenceOf(variable) === 'copy';
      Object.defineProperty(sight, name, { get: () => this.value(variable.name, rowOf(isOfCopy)), enumerable: true });
    }
    return sight;
  }

  value(name: string, row: number): VariableValue {
    let reader = this.#byName.get(name);
    if (reader === undefined) {
      reader = this.#reader(name);
      this.#byName.set(name, reader);
    }
    return reader(row);
  }

  #reader(name: string): (row: number) => VariableValue {
    const variable = this.#catalogue.get(name);
    if (variable === undefined) {
      const near = this.#catalogue.nearest(name);
      const hint = near === undefined ? '' : ` (did you mean ${near.name}?)`;
      throw new DynamoError('invalid-input', `there is no variable ${name}${hint}`);
    }
    const read = this.#raw(variable);
    return (row) => {
      const value = read(row);
      this.#onRead(variable, value, row);
      return value;
    };
  }

  #raw(variable: VariableDefinition): (row: number) => VariableValue {
    const binder = dependenceOf(variable) === 'copy' ? this.#binders.copy : this.#binders.replica;
    const { kind } = variable.type;
    if (kind === 'text' || kind === 'enum') {
      const column = binder.text(variable);
      const text = (row: number): string => column.text(column.code(row));
      return kind === 'text' ? text : (row) => text(row).toUpperCase();
    }
    const numeric = binder.numeric(variable);
    return kind === 'boolean' ? (row) => numeric(row) !== 0 : numeric;
  }
}
