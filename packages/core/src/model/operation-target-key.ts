import { joinKey } from '../change-set/record-key.ts';
import type { OperationTarget } from './operation.ts';

/** What an operation acts on, whatever it does there: two operations with the same key must not act at the same time. */
export function operationTargetKey(target: OperationTarget): string {
  return target.kind === 'delete-path'
    ? joinKey(target.site, target.path)
    : joinKey(target.dataset, target.block, target.site);
}
