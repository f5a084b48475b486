import { oneOf, text, time } from '../../input/checks.ts';
import { type Check, checkObject } from '../../input/object-schema.ts';
import { parseBlockName, parseDatasetName, parseLfn, parseSiteName } from '../../model/names.ts';
import type { OperationId, OperationRecord, OperationTarget, Reason } from '../../model/operation.ts';
import type { LineCursor } from '../line-cursor.ts';
import { type LineSchema, lineSchema } from '../line-schema.ts';

interface OperationLine {
  readonly kind: OperationTarget['kind'];
  readonly site: string;
  /** Of a copy and a deletion of a block replica. */
  readonly dataset?: string;
  readonly block?: string;
  /** Of a deletion of a path that is not catalogued. */
  readonly path?: string;
  readonly opened_at?: number;
  readonly reason?: Reason;
}

const UNSTATED: Reason = Object.freeze({ source: 'operator', text: 'not stated' });

const reason: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not an object';
  for (const [key, part] of Object.entries(value)) {
    if (key !== 'source' && key !== 'text' && key !== 'reference') return `it has no key ${JSON.stringify(key)}`;
    if (typeof part !== 'string') return `${key} is not a text`;
  }
  return 'source' in value && 'text' in value ? undefined : 'it needs the keys "source" and "text"';
};

const OPERATION: LineSchema<OperationLine> = lineSchema<OperationLine>(
  'operation',
  { kind: oneOf(['copy', 'delete', 'delete-path']), site: text },
  { dataset: text, block: text, path: text, opened_at: time, reason },
);

/** Whether what it names is known is for the reader of all lines to say. */
export function operationOfLine(line: object, id: OperationId, cursor: LineCursor): OperationRecord {
  const checked = checkObject(OPERATION, line, cursor);
  const { opened_at, reason = UNSTATED } = checked;
  return { id, target: targetOf(checked, cursor), openedAt: opened_at ?? 0, reason };
}

export function printOperation({ target, openedAt, reason }: OperationRecord): string {
  const isUnstated = reason.source === UNSTATED.source && reason.text === UNSTATED.text;
  return JSON.stringify({
    type: 'operation',
    ...target,
    opened_at: openedAt === 0 ? undefined : openedAt,
    reason: isUnstated && reason.reference === undefined ? undefined : reason,
  });
}

function targetOf({ kind, site, dataset, block, path }: OperationLine, cursor: LineCursor): OperationTarget {
  const parsedSite = parseSiteName(site, cursor.at('site'));
  if (kind === 'delete-path') {
    if (dataset !== undefined || block !== undefined) {
      throw cursor.fault(dataset === undefined ? 'block' : 'dataset', 'the deletion of a path has no such key');
    }
    if (path === undefined) throw cursor.fault('path', 'the deletion of a path needs the key "path"');
    parseLfn(`/${path}`, cursor.at('path'));
    return { kind, site: parsedSite, path };
  }
  if (path !== undefined) throw cursor.fault('path', `a ${kind} operation has no such key`);
  if (dataset === undefined) throw cursor.fault('dataset', `a ${kind} operation needs the key "dataset"`);
  if (block === undefined) throw cursor.fault('block', `a ${kind} operation needs the key "block"`);
  return {
    kind,
    dataset: parseDatasetName(dataset, cursor.at('dataset')),
    block: parseBlockName(block, cursor.at('block')),
    site: parsedSite,
  };
}
