import { type AttributeColumn, type AttributeValue, attributeName, type VariableDefinition } from '@dynamo/core';
import type { PartitionImage } from '../image/partition-image.ts';

/** What producers supply, or the inventory stores in their place, for the datasets of an image. */
export interface AttributeValues {
  /** 0 where there is no value. */
  numeric(variable: VariableDefinition): (dataset: number, site: number) => number;
  /** '' where there is no value. */
  text(variable: VariableDefinition): (dataset: number) => string;
  /** Whether some dataset of the image has a value. */
  hasValues(variable: VariableDefinition): boolean;
}

/** A producer's column replaces what is stored: a dataset that is not in it has no value. */
export function attributeValues(
  image: PartitionImage,
  variables: readonly VariableDefinition[],
  columns: ReadonlyMap<string, AttributeColumn>,
): AttributeValues {
  const { tables, datasetName, datasetRow, sites } = image.arrays;
  const fill = (asked: readonly VariableDefinition[]): AttributeReader[] => {
    const filled = asked.map((variable) => new AttributeReader(variable, image.datasets));
    for (const reader of filled) {
      const column = columns.get(reader.variable.name);
      if (column === undefined) continue;
      for (const [dataset, name] of datasetName.entries()) reader.put(dataset, column.get(name));
    }
    const stored = filled.filter(({ variable }) => !columns.has(variable.name));
    if (stored.length === 0) return filled;
    for (const [dataset, row] of datasetRow.entries()) {
      const attributes = tables.datasets.attributes.get(row);
      if (attributes === undefined) continue;
      for (const reader of stored) reader.put(dataset, attributes[reader.attribute]);
    }
    return filled;
  };
  const readers = new Map(fill(variables).map((reader) => [reader.variable.name, reader]));
  const siteNames = sites.map(({ name }) => name as string);
  /** What no condition names, and a function asks for, is read then. */
  const reader = (variable: VariableDefinition): AttributeReader => {
    const known = readers.get(variable.name);
    if (known !== undefined) return known;
    const [late] = fill([variable]);
    readers.set(variable.name, late as AttributeReader);
    return late as AttributeReader;
  };
  return {
    numeric: (variable) => reader(variable).numeric(siteNames),
    text: (variable) => reader(variable).text(),
    hasValues: (variable) => reader(variable).values > 0,
  };
}

/** One variable by dataset. */
class AttributeReader {
  readonly variable: VariableDefinition;
  readonly attribute: string;
  values = 0;
  readonly #numbers: Float64Array;
  readonly #texts = new Map<number, string>();
  readonly #sites = new Map<number, ReadonlySet<string>>();

  constructor(variable: VariableDefinition, datasets: number) {
    this.variable = variable;
    this.attribute = attributeName(variable);
    this.#numbers = new Float64Array(datasets);
  }

  put(dataset: number, value: AttributeValue | undefined): void {
    if (value === undefined) return;
    this.values += 1;
    const { type, level } = this.variable;
    if (type.kind === 'text' || type.kind === 'enum') {
      this.#texts.set(dataset, typeof value === 'string' ? value : JSON.stringify(value));
    } else if (typeof value === 'object') {
      if (level === 'dataset')
        this.#numbers[dataset] = type.kind === 'boolean' ? Math.sign(value.length) : value.length;
      else this.#sites.set(dataset, new Set(value));
    } else {
      const number = Number(value);
      this.#numbers[dataset] = Number.isNaN(number) ? 0 : number;
    }
  }

  numeric(siteNames: readonly string[]): (dataset: number, site: number) => number {
    const numbers = this.#numbers;
    if (this.#sites.size === 0) return (dataset) => numbers[dataset] as number;
    return (dataset, site) => {
      const listed = this.#sites.get(dataset);
      if (listed === undefined) return numbers[dataset] as number;
      return listed.has(siteNames[site] as string) ? 1 : 0;
    };
  }

  text(): (dataset: number) => string {
    return (dataset) => this.#texts.get(dataset) ?? '';
  }
}
