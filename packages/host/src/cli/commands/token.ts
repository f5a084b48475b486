import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { isPersonName } from '../../configuration/person-name.ts';
import { tokenDigest } from '../../rest/access/people-file.ts';
import { createTokenFile } from '../../rest/access/token-file.ts';
import type { CommandContext } from '../command-context.ts';

export function addTokenCommand(program: Command, context: CommandContext): void {
  program
    .command('token')
    .description("make a token of one's own: a file with it, and the line for the server's peopleFile")
    .argument('<name>', 'whose it is: letters, digits and _ @ . + -', personName)
    .requiredOption('--file <file>', 'the file to make, readable by its owner only; name it in DYNAMO_TOKEN_FILE')
    .action(async (name: string, { file }: { readonly file: string }) => {
      const token = await createTokenFile(file);
      context.terminal.print(`${name} ${tokenDigest(token)}`);
    });
}

function personName(text: string): string {
  if (isPersonName(text)) return text;
  throw new InvalidArgumentError('expected 1 to 64 letters, digits and _ @ . + -');
}
