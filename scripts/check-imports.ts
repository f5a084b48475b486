import { findImportFaults } from './checks/import-rules.ts';
import { report } from './checks/report.ts';
import { readSources } from './checks/source-files.ts';
import { workspaceRoot } from './workspace.ts';

report('imports', findImportFaults(workspaceRoot), readSources(workspaceRoot).length);
