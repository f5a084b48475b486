import { inputError } from '@dynamo/core';
import { csvFields } from './csv-fields.ts';
import type { WrittenAttributes, WrittenValue } from './written-attributes.ts';

/**
 * A header `dataset,dataset.usage_rank,replica.enforcer_protected`, then a row for each dataset. A field may be quoted
 * as in RFC 4180; an empty one is no value; a list of sites is separated by `;`.
 */
export function parseAttributeCsv(text: string, file: string): WrittenAttributes {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = csvFields(lines[0] ?? '', { file, line: 1 });
  const key = header.indexOf('dataset');
  if (key < 0) throw inputError({ what: 'the table has no column `dataset`', where: { file, line: 1 } });
  if (new Set(header).size < header.length) {
    throw inputError({ what: 'the table has two columns of one name', where: { file, line: 1 } });
  }
  const attributes = new Map<string, WrittenValue[]>();
  for (const name of header) if (name !== 'dataset') attributes.set(name, []);
  const seen = new Set<string>();
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line === '') continue;
    const fields = csvFields(line, { file, line: i + 1 });
    if (fields.length !== header.length) {
      const what = `${fields.length} fields, and the header has ${header.length}`;
      throw inputError({ what, where: { file, line: i + 1 } });
    }
    const dataset = fields[key] as string;
    if (seen.has(dataset)) throw inputError({ what: `${dataset} has a row already`, where: { file, line: i + 1 } });
    seen.add(dataset);
    for (const [column, name] of header.entries()) {
      const value = fields[column] as string;
      if (value !== '') attributes.get(name)?.push({ dataset, value, at: `line ${i + 1}, ${name}` });
    }
  }
  return attributes;
}
