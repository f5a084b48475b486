import type { FindingRecord } from '@dynamo/core';
import type { SiteActions, SiteCheck } from '@dynamo/fileops';
import type { Command } from 'commander';
import type { ConsistencyReport } from '../../services/consistency.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { countOf, formatBytes, formatTable, listCounts } from '../format.ts';

interface CheckOptions extends ConnectionOptions, JsonOption {
  readonly act?: boolean;
}

export function addConsistencyCommand(program: Command, context: CommandContext): void {
  addJsonOption(addConnectionOptions(program.command('consistency')))
    .description('compare the files at a site with the inventory; ends 1 where they differ')
    .argument('<site>', 'the site')
    .option('--act', 'repair what two checks in a row have seen')
    .action(async (site: string, { act = false, ...options }: CheckOptions) => {
      const report = await withDynamo(context, options, 'write', (dynamo) => dynamo.checkConsistency(site, { act }));
      if (!report.check.isClean) context.exitCode = 1;
      context.terminal.print(options.json ? JSON.stringify(report) : formatReport(report));
    });
}

function formatReport({ check, actions }: ConsistencyReport): string {
  const lines = [formatCheck(check)];
  if (check.stopped !== null) lines.push(`not believed, and not remembered: ${check.stopped}`);
  if (check.unmappedFiles > 0) {
    lines.push(`${countOf(check.unmappedFiles, 'file')} of the inventory without a path at this site`);
  }
  if (check.findings.length > 0) {
    const shown = check.findings.slice(0, FINDINGS_SHOWN);
    lines.push('', formatTable(FINDING_COLUMNS, shown.map(rowOf)));
    const more = check.findings.length - shown.length;
    if (more > 0) lines.push(`  and ${countOf(more, 'finding')} more: --json has all of them`);
  }
  if (actions !== null) lines.push('', formatActions(actions));
  return lines.join('\n');
}

function formatCheck({ site, version, totals, missing, orphans, sizeMismatches, isClean }: SiteCheck): string {
  const wrong = listCounts([
    `${missing} missing`,
    countOf(orphans, 'orphan'),
    sizeMismatches === 0 ? '' : `${sizeMismatches} of a wrong size`,
  ]);
  return (
    `${site} at version ${version}: ${countOf(totals.listedFiles, 'file')} (${formatBytes(totals.listedBytes)}) there, ` +
    `${countOf(totals.presentFiles, 'file')} expected: ${isClean ? 'nothing wrong' : wrong || 'not all could be compared'}`
  );
}

function formatActions({ repairs, lost, damaged, reappeared, orphans, verify }: SiteActions): string {
  const copied = repairs.filter(({ copyBack }) => copyBack).length;
  const done = listCounts([
    copied === 0 ? '' : `${countOf(copied, 'block replica')} to be copied anew`,
    orphans.length === 0 ? '' : `${countOf(orphans.length, 'orphan')} to be deleted`,
    reappeared.length === 0 ? '' : `${countOf(reappeared.length, 'file')} recorded as there again`,
    lost.length === 0 ? '' : `${countOf(lost.length, 'file')} lost: no other site has them`,
    damaged.length === 0 ? '' : `${countOf(damaged.length, 'file')} damaged: no other site has them whole`,
    verify ? 'the site is verified' : '',
  ]);
  return done === '' ? 'nothing was done: only what two checks in a row have seen is' : `done: ${done}`;
}

function rowOf({ kind, name, rounds, firstSeen }: FindingRecord): readonly (string | number)[] {
  return [kind, rounds, new Date(firstSeen * 1000).toISOString(), name];
}

const FINDINGS_SHOWN = 50;

const FINDING_COLUMNS = [
  { title: 'finding' },
  { title: 'checks', align: 'right' },
  { title: 'first seen' },
  { title: 'what' },
] as const;
