import type { Diagnostic, VariableCatalogue } from '@dynamo/core';
import type { OrderKey } from './checked-policy.ts';
import type { OrderKeyAst } from './policy-ast.ts';

/** Keys must have one number or time for each dataset replica; others are reported into `diagnostics` and left out. */
export function checkOrder(
  keys: readonly OrderKeyAst[],
  catalogue: VariableCatalogue,
  report: { readonly file: string | undefined; readonly diagnostics: Diagnostic[] },
): OrderKey[] {
  return keys.flatMap(({ direction, variable: { text, span } }) => {
    const fault = (message: string, hint?: string): OrderKey[] => {
      report.diagnostics.push({ severity: 'error', file: report.file, ...span, message, hint });
      return [];
    };
    const variable = catalogue.get(text);
    if (variable === undefined) {
      const near = catalogue.nearest(text);
      return fault(
        `there is no variable \`${text}\``,
        near === undefined ? undefined : `did you mean \`${near.name}\`?`,
      );
    }
    const { kind } = variable.type;
    if (kind !== 'number' && kind !== 'time') {
      return fault(`\`Order\` is by numbers and times, and \`${text}\` is neither`);
    }
    if (variable.level === 'blockreplica') {
      return fault(`\`${text}\` has a value for each block, and \`Order\` puts whole replicas in order`);
    }
    return [{ direction, variable }];
  });
}
