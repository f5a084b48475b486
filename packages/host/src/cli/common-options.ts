import type { Command } from 'commander';

/** Where a command finds the inventory that it works on. */
export interface ConnectionOptions {
  readonly config?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly verbose?: boolean;
}

export interface JsonOption {
  readonly json?: boolean;
}

export function addConnectionOptions(command: Command): Command {
  return addServerOptions(addLocalOptions(command));
}

export function addServerOptions(command: Command): Command {
  return command
    .option('--server <url>', 'the server to talk to (else DYNAMO_SERVER, else the local store)')
    .option(
      '--token-file <file>',
      "the file with the server's token (else DYNAMO_TOKEN_FILE, else the configured one)",
    );
}

export function addLocalOptions(command: Command): Command {
  return addVerboseOption(command).option(
    '--config <file>',
    'the configuration file (else DYNAMO_CONFIG, else the defaults)',
  );
}

export function addJsonOption(command: Command): Command {
  return command.option('--json', 'print one JSON document');
}

export function addVerboseOption(command: Command): Command {
  return command.option('--verbose', 'show the details of errors');
}
