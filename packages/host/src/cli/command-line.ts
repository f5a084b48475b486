import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { addPolicyCommand } from './commands/policy.ts';
import { addStatusCommand } from './commands/status.ts';

/** The command `dynamo` with all its subcommands, one file for each. */
export function commandLine(context: CommandContext): Command {
  const program = new Command('dynamo')
    .description('Dynamic data management for scientific storage federations')
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride();
  addPolicyCommand(program, context);
  addStatusCommand(program, context);
  return program;
}
