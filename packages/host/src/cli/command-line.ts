import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { addAccessCommand } from './commands/access.ts';
import { addAttributeCommand } from './commands/attribute.ts';
import { addConsistencyCommand } from './commands/consistency.ts';
import { addDealerCommand } from './commands/dealer.ts';
import { addDeleteCommand } from './commands/delete.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDetoxCommand } from './commands/detox.ts';
import { addDumpCommand } from './commands/dump.ts';
import { addHistoryCommand } from './commands/history.ts';
import { addInjectCommand } from './commands/inject.ts';
import { addLoadCommand } from './commands/load.ts';
import { addLockCommand } from './commands/lock.ts';
import { addPolicyCommand } from './commands/policy.ts';
import { addQuotaCommand } from './commands/quota.ts';
import { addRequestCommand } from './commands/request.ts';
import { addRuleCommand } from './commands/rule.ts';
import { addServeCommand } from './commands/serve.ts';
import { addServersCommand } from './commands/servers.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStoreCommand } from './commands/store.ts';
import { addTokenCommand } from './commands/token.ts';
import { addTransfersCommand } from './commands/transfers.ts';

/** The command `dynamo` with all its subcommands, one file for each. */
export function commandLine(context: CommandContext): Command {
  const program = new Command('dynamo')
    .description('Dynamic data management for scientific storage federations')
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride()
    // What follows a subcommand is meant for it, though its parent may take options of the same name.
    .enablePositionalOptions()
    .hook('preAction', (_program, command) => {
      context.running = nameOf(command);
    });
  addAccessCommand(program, context);
  addAttributeCommand(program, context);
  addDealerCommand(program, context);
  addDemoCommand(program, context);
  addDetoxCommand(program, context);
  addConsistencyCommand(program, context);
  addDeleteCommand(program, context);
  addDumpCommand(program, context);
  addHistoryCommand(program, context);
  addInjectCommand(program, context);
  addLoadCommand(program, context);
  addLockCommand(program, context);
  addPolicyCommand(program, context);
  addQuotaCommand(program, context);
  addRequestCommand(program, context);
  addRuleCommand(program, context);
  addServeCommand(program, context);
  addServersCommand(program, context);
  addTokenCommand(program, context);
  addSimulateCommand(program, context);
  addStatusCommand(program, context);
  addStoreCommand(program, context);
  addTransfersCommand(program, context);
  return program;
}

/** `dynamo lock add`. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
