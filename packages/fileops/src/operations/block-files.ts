import type { BlockView, FileCatalogue, FileRecord, InventoryView } from '@dynamo/core';

/**
 * The files of a block as of the view. Where the rows do not add up to what the block says, something is wrong that
 * neither a copy nor a deletion should build upon: the answer is what does not fit.
 */
export async function filesOfBlock(
  catalogue: FileCatalogue,
  view: InventoryView,
  block: BlockView,
  signal: AbortSignal,
): Promise<readonly FileRecord[] | { readonly mismatch: string }> {
  const files: FileRecord[] = [];
  let bytes = 0;
  for await (const batch of catalogue.filesOfBlock(block.dataset.name, block.name, { at: view.version, signal })) {
    for (const file of batch) {
      files.push(file);
      bytes += file.size;
    }
  }
  if (files.length === block.files && bytes === block.size) return files;
  return {
    mismatch:
      `the catalogue has ${files.length} files of ${bytes} bytes for block ${block.name} of ${block.dataset.name}, ` +
      `the block says ${block.files} of ${block.size}: repair the catalogue, then release the operation`,
  };
}
