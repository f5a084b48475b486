import type { RequestRecord, RequestState } from '@dynamo/core';
import { type Command, Option } from 'commander';
import { collected, wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addConnectionOptions, addJsonOption, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { withDynamo } from '../connect.ts';
import { formatTable } from '../format.ts';

interface CopyOptions extends ConnectionOptions, JsonOption {
  readonly dataset: readonly string[];
  readonly site: readonly string[];
  readonly copies?: number;
  readonly group?: string;
}

interface ListOptions extends ConnectionOptions, JsonOption {
  readonly state?: RequestState;
}

const STATES: readonly RequestState[] = ['new', 'active', 'done', 'rejected', 'cancelled'];

export function addRequestCommand(program: Command, context: CommandContext): void {
  const request = program.command('request').description('what people asked for');
  const show = (options: JsonOption, requests: readonly RequestRecord[]): void =>
    context.terminal.print(options.json ? JSON.stringify(requests) : formatRequests(requests));

  addJsonOption(addConnectionOptions(request.command('copy')))
    .description('ask for copies of datasets; the next dealer cycle takes it up')
    .requiredOption('--dataset <name>', 'a dataset or a glob; may be given several times', collected)
    .requiredOption('--site <name>', 'a site or a glob; may be given several times', collected)
    .option('--copies <n>', 'how many of the sites are to have it (default: every one)', wholeNumber)
    .option('--group <name>', 'who is to own the copies')
    .action(async (options: CopyOptions) => {
      const wanted = {
        datasets: options.dataset,
        sites: options.site,
        copies: options.copies ?? null,
        group: options.group ?? null,
      };
      show(options, [await withDynamo(context, options, 'write', (dynamo) => dynamo.requestCopy(wanted))]);
    });

  for (const name of ['list', 'poll']) {
    addJsonOption(addConnectionOptions(request.command(name)))
      .description('requests and what became of them')
      .addOption(new Option('--state <state>', 'only those').choices(STATES))
      .action(async (options: ListOptions) => {
        const filter = options.state === undefined ? {} : { state: options.state };
        show(options, await withDynamo(context, options, 'read', (dynamo) => dynamo.listRequests(filter)));
      });
  }

  addJsonOption(addConnectionOptions(request.command('cancel')))
    .description('nothing more is done for it; copies that are on their way arrive')
    .argument('<id>', 'its number', wholeNumber)
    .action(async (id: number, options: ConnectionOptions & JsonOption) => {
      show(options, [await withDynamo(context, options, 'write', (dynamo) => dynamo.cancelRequest(id))]);
    });
}

function formatRequests(requests: readonly RequestRecord[]): string {
  if (requests.length === 0) return 'no requests';
  return formatTable(
    [
      { title: 'id', align: 'right' },
      { title: 'kind' },
      { title: 'state' },
      { title: 'user' },
      { title: 'what' },
      { title: 'why' },
    ],
    requests.map((r) => [r.id, r.kind, r.state, r.user, `${r.datasets.join(' ')} at ${r.sites.join(' ')}`, r.reason]),
  );
}
