import type { Command } from 'commander';
import type { ServersReport } from '../../services/servers.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { formatTable } from '../format.ts';

export function addServersCommand(program: Command, context: CommandContext): void {
  addJsonOption(addConnectionOptions(program.command('servers')))
    .description('the servers on one database: who leads, who follows, how far each is')
    .action(async (options: ConnectionOptions & JsonOption) => {
      const report = await withDynamo(context, options, 'read', (dynamo) => dynamo.listServers());
      context.terminal.print(options.json ? JSON.stringify(report) : formatServers(report));
    });
}

function formatServers(report: ServersReport | null): string {
  if (report === null) return 'SQLite: one server at a time';
  const { epoch, holder, servers } = report;
  const writer = holder === null ? 'nobody' : `${holder.holder}, process ${holder.pid} on ${holder.host}`;
  const table = formatTable(
    [
      { title: 'server' },
      { title: 'role' },
      { title: 'epoch', align: 'right' },
      { title: 'version', align: 'right' },
      { title: 'behind', align: 'right' },
      { title: 'process' },
      { title: 'seen' },
    ],
    servers.map(({ url, role, epoch: seen, version, behindMs, host, pid, seenAt }) => [
      ...[url, role, seen, version, behindMs === null ? '?' : `${behindMs / 1000} s`, `${pid} on ${host}`],
      new Date(seenAt * 1000).toISOString(),
    ]),
  );
  return `the writer is ${writer} (epoch ${epoch})\n${table}`;
}
