import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { addLockCommand } from './commands/lock.ts';
import { addPolicyCommand } from './commands/policy.ts';
import { addQuotaCommand } from './commands/quota.ts';
import { addRequestCommand } from './commands/request.ts';
import { addServeCommand } from './commands/serve.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTransfersCommand } from './commands/transfers.ts';

/** The command `dynamo` with all its subcommands, one file for each. */
export function commandLine(context: CommandContext): Command {
  const program = new Command('dynamo')
    .description('Dynamic data management for scientific storage federations')
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride();
  addLockCommand(program, context);
  addPolicyCommand(program, context);
  addQuotaCommand(program, context);
  addRequestCommand(program, context);
  addServeCommand(program, context);
  addStatusCommand(program, context);
  addTransfersCommand(program, context);
  return program;
}
