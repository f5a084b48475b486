export { adler32, formatAdler32 } from './adler32.ts';
export { createFileStorage, type FileStorage, type FileStorageOptions } from './protocols/file.ts';
export type { SkippedEntry } from './protocols/file-list.ts';
export { fileRootOf } from './protocols/file-path.ts';
