import { checkCondition } from '../condition/check-condition.ts';
import type { CheckedCondition } from '../condition/checked-condition.ts';
import { parseConditionParts } from '../condition/parse-condition.ts';
import { SourceSlice, type Word } from '../condition/source-text.ts';
import { partitionVariables } from '../condition/standard-variables.ts';
import type { VariableCatalogue } from '../condition/variable-catalogue.ts';
import { type Diagnostic, type Outcome, outcomeOf } from '../diagnostic/diagnostic.ts';
import { isDynamoError } from '../errors/dynamo-error.ts';
import { inputError } from '../errors/input-error.ts';
import { parsePartitionName } from '../model/names.ts';
import type { PartitionRecord } from '../model/records.ts';
import { orderPartitions } from './order-partitions.ts';
import type { PartitionDefinition } from './partition-definition.ts';

export interface PartitionFile {
  /** In the order of the file. */
  readonly definitions: readonly PartitionDefinition[];
  /** The same as the inventory keeps them, parts before their unions. */
  readonly records: readonly PartitionRecord[];
}

export interface PartitionFileOptions {
  /** For messages. */
  readonly file?: string | undefined;
  readonly catalogue?: VariableCatalogue;
}

/** Reports all faults: of syntax, of conditions, and of unions (unknown names, circles, names given twice). */
export function readPartitions(text: string, options: PartitionFileOptions = {}): Outcome<PartitionFile> {
  const { file, catalogue = partitionVariables() } = options;
  const diagnostics: Diagnostic[] = [];
  const definitions: PartitionDefinition[] = [];
  let line = 0;
  for (const written of text.split('\n')) {
    line += 1;
    const slice = new SourceSlice(written, { file, line }).trim();
    if (slice.isEmpty || slice.text.startsWith('#')) continue;
    const outcome = readDefinition(slice, catalogue);
    diagnostics.push(...outcome.diagnostics);
    if (outcome.definition !== undefined) definitions.push(outcome.definition);
  }
  const order = orderPartitions(definitions, file);
  diagnostics.push(...order.diagnostics);
  diagnostics.sort((a, b) => a.line - b.line || a.column - b.column);
  return outcomeOf(diagnostics, () => ({ definitions, records: order.definitions.map(recordOf) }));
}

/** A file that reads back to the same partitions; a name that the form cannot hold throws 'invalid-input'. */
export function printPartitions(partitions: readonly PartitionRecord[]): string {
  const lines = partitions.map((partition) => {
    const name = parsePrintable(partition.name, /^#|:/);
    if ('condition' in partition) return `${name}: ${partition.condition}`;
    return `${name}: [${partition.parts.map((part) => parsePrintable(part, /[,\]]/)).join(', ')}]`;
  });
  return lines.map((printed) => `${printed}\n`).join('');
}

interface DefinitionReading {
  /** There even where its condition is faulty, so that unions of it are not faulty too. */
  readonly definition: PartitionDefinition | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

function readDefinition(slice: SourceSlice, catalogue: VariableCatalogue): DefinitionReading {
  const colon = slice.text.indexOf(':');
  if (colon < 0) return faulty(slice, 'a partition is written `Name: condition`, and `:` is missing');
  const nameSlice = slice.slice(0, colon).trim();
  const fault = nameFault(nameSlice);
  if (fault !== undefined) return faulty(nameSlice, fault);
  const name: Word = { text: nameSlice.text, span: nameSlice.span() };
  const rest = slice.slice(colon + 1).trim();
  if (rest.text.startsWith('[')) return readUnion(name, rest);
  const { ast, diagnostics } = parseConditionParts(rest);
  const checked = checkCondition(ast, catalogue);
  const all = checked.ok ? diagnostics : [...diagnostics, ...checked.diagnostics];
  const condition: CheckedCondition = checked.ok
    ? checked.value
    : { ast, text: ast.text, predicates: [], window: null, active: true };
  return { definition: { kind: 'condition', name, condition }, diagnostics: all };
}

function readUnion(name: Word, list: SourceSlice): DefinitionReading {
  const close = list.text.indexOf(']');
  if (close < 0) return faulty(list.slice(0, 1), 'this `[` is not closed', `write \`${name.text}: [A, B]\``);
  const after = list.slice(close + 1).trim();
  if (!after.isEmpty) return faulty(after, 'text after `]`', 'a union is nothing but a list of partitions');
  const diagnostics: Diagnostic[] = [];
  const parts: Word[] = [];
  let start = 1;
  for (const written of list.text.slice(1, close).split(',')) {
    const part = list.slice(start, start + written.length).trim();
    start += written.length + 1;
    const text = part.text;
    if (part.isEmpty) diagnostics.push(...faulty(part, 'the name of a partition is missing here').diagnostics);
    else if (parts.some((known) => known.text === text)) {
      diagnostics.push(...faulty(part, `\`${text}\` is in this union already`).diagnostics);
    } else parts.push({ text, span: part.span() });
  }
  return { definition: { kind: 'union', name, parts }, diagnostics };
}

function nameFault(name: SourceSlice): string | undefined {
  try {
    parsePartitionName(name.text);
    return undefined;
  } catch (error) {
    if (isDynamoError(error, 'invalid-input')) return error.message;
    throw error;
  }
}

function faulty(at: SourceSlice, message: string, hint?: string): DefinitionReading {
  return { definition: undefined, diagnostics: [{ severity: 'error', file: at.file, ...at.span(), message, hint }] };
}

function recordOf(definition: PartitionDefinition): PartitionRecord {
  const name = parsePartitionName(definition.name.text);
  if (definition.kind === 'condition') return { name, condition: definition.condition.text };
  return { name, parts: definition.parts.map((part) => parsePartitionName(part.text)) };
}

function parsePrintable(name: string, unprintable: RegExp): string {
  if (!unprintable.test(name)) return name;
  throw inputError({ what: `partition name ${JSON.stringify(name)} cannot be written in a partition file` });
}
