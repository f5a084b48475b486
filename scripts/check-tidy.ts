import { report } from './checks/report.ts';
import { readSources } from './checks/source-files.ts';
import { findTidyFaults } from './checks/tidy-rules.ts';
import { workspaceRoot } from './workspace.ts';

report('tidy', findTidyFaults(workspaceRoot), readSources(workspaceRoot).length);
