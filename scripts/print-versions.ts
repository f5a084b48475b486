// What `npm run setup` ends with: proof that the set-up works, and what a bug report should say.
import { release, type } from 'node:os';
import { readManifest, workspaceRoot } from './workspace.ts';

console.log(`dynamo ${readManifest(workspaceRoot, 'core').version}, Node ${process.version}, ${type()} ${release()}`);
