import type { OperationRecord } from '@dynamo/core';

/** What the file operation manager tells those who watch it. Nothing depends on it being heard. */
export type FileOperationEvent =
  /** Files are where they should be, or gone, and the inventory knows. */
  | { readonly type: 'recorded'; readonly operation: OperationRecord; readonly files: number; readonly bytes: number }
  | { readonly type: 'closed'; readonly operation: OperationRecord; readonly detail: string }
  | { readonly type: 'queued'; readonly operation: OperationRecord; readonly error: string; readonly notBefore: number }
  | { readonly type: 'held'; readonly operation: OperationRecord; readonly error: string }
  | { readonly type: 'claim-lost'; readonly operation: OperationRecord }
  /** A site did not give a file that it should have. A consistency check will say whether it is lost. */
  | {
      readonly type: 'source-fault';
      readonly operation: OperationRecord;
      readonly site: string;
      readonly lfn: string;
      readonly fault: 'source-missing' | 'source-corrupt';
      readonly detail: string;
    }
  /** The store could not be told or asked; it is tried again when the claims have run out. */
  | { readonly type: 'trouble'; readonly operation: OperationRecord | null; readonly error: unknown };
