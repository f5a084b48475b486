import { inputError } from '@dynamo/core';

/** The fields of one line, quoted as in RFC 4180 or not; a quoted field may not hold a line break. */
export function csvFields(line: string, where: { readonly file: string; readonly line: number }): string[] {
  const fields: string[] = [];
  for (let at = 0; ; ) {
    let end: number;
    if (line[at] === '"') {
      const quoted = /^"((?:[^"]|"")*)"(?=,|$)/.exec(line.slice(at));
      if (quoted === null) {
        const what = 'a quote is not closed, or text follows it';
        throw inputError({ what, where: { ...where, column: at + 1 } });
      }
      fields.push((quoted[1] ?? '').replaceAll('""', '"'));
      end = at + quoted[0].length;
    } else {
      const comma = line.indexOf(',', at);
      end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end).trim());
    }
    if (end >= line.length) return fields;
    at = end + 1;
  }
}
