import { nearestName } from '../condition/nearest-name.ts';
import type { Word } from '../condition/source-text.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { PartitionDefinition } from './partition-definition.ts';

/** Parts before their unions, else as given; with the faults of names: given twice, unknown, or in a circle. */
export function orderPartitions(
  definitions: readonly PartitionDefinition[],
  file: string | undefined,
): { readonly definitions: readonly PartitionDefinition[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const byName = new Map<string, PartitionDefinition>();
  for (const definition of definitions) {
    const { text } = definition.name;
    const known = byName.get(text);
    if (known === undefined) byName.set(text, definition);
    else fault(definition.name, `partition \`${text}\` is defined twice, first in line ${known.name.span.line}`);
  }
  const ordered = new Set<PartitionDefinition>();
  /** The unions that are being gone through, outermost first, and the next part of each. */
  const path = new Map<PartitionDefinition, number>();
  for (const definition of byName.values()) visit(definition);
  return { definitions: [...ordered], diagnostics };

  /** Depth first, without recursion: a file may nest as deep as it is long. */
  function visit(root: PartitionDefinition): void {
    const stack = ordered.has(root) ? [] : [root];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = path.get(top) ?? 0;
      const part = top.kind === 'union' ? top.parts[next] : undefined;
      if (part === undefined) {
        path.delete(top);
        ordered.add(top);
        stack.pop();
        continue;
      }
      path.set(top, next + 1);
      const meant = byName.get(part.text);
      if (meant === undefined) faultUnknown(part);
      else if (path.has(meant)) faultCircle(part, meant);
      else if (!ordered.has(meant)) stack.push(meant);
    }
  }

  function faultUnknown(part: Word): void {
    const near = nearestName(part.text, byName.keys());
    const hint = near === undefined ? 'define it in a line of its own' : `did you mean \`${near}\`?`;
    fault(part, `there is no partition \`${part.text}\``, hint);
  }

  function faultCircle(part: Word, start: PartitionDefinition): void {
    const unions = [...path.keys()];
    const names = unions.slice(unions.indexOf(start)).map(({ name }) => name.text);
    fault(part, `this union contains itself: ${[...names, part.text].join(' -> ')}`);
  }

  function fault({ span }: Word, message: string, hint?: string): void {
    diagnostics.push({ severity: 'error', file, ...span, message, hint });
  }
}
