import type { SourceSlice } from '@dynamo/core';
import type { OrderKeyAst } from './policy-ast.ts';

export type PolicyFaultSink = (at: SourceSlice, message: string, hint?: string) => void;

/** `none`, or pairs of a direction and a variable. Undefined if it is not well-formed; `fault` has been told why. */
export function parseOrder(
  rest: SourceSlice,
  head: SourceSlice,
  fault: PolicyFaultSink,
): readonly OrderKeyAst[] | undefined {
  const words = rest.words();
  if (rest.text === 'none') return [];
  if (words.length === 0) {
    fault(head, '`Order` needs keys, or `none`', FORM);
    return undefined;
  }
  const keys: OrderKeyAst[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [direction, variable] = [words[i], words[i + 1]];
    if (direction === undefined) break;
    const written = direction.text;
    if (written !== 'increasing' && written !== 'decreasing') {
      fault(direction, `\`${written}\` is neither \`increasing\` nor \`decreasing\``, FORM);
      return undefined;
    }
    if (variable === undefined) {
      fault(direction, `\`${written}\` needs a variable`, FORM);
      return undefined;
    }
    keys.push({ direction: written, variable: variable.word() });
  }
  return keys;
}

const FORM = 'write `Order decreasing dataset.usage_rank increasing replica.size`';
