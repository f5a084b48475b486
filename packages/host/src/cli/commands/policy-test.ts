import { isDynamoError } from '@dynamo/core';
import { formatPolicyTests } from '@dynamo/policies';
import type { Command } from 'commander';
import { ownVariables } from '../../services/attributes.ts';
import { testPolicy } from '../../services/test-policy.ts';
import { timeFrom } from '../arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { addJsonOption, addLocalOptions, type ConnectionOptions, type JsonOption } from '../common-options.ts';
import { configurationFor } from '../connect.ts';
import { readInput } from '../read-input.ts';

interface TestOptions extends JsonOption, ConnectionOptions {
  readonly now?: number;
  readonly verbose?: boolean;
}

export function addPolicyTestCommand(policy: Command, context: CommandContext): void {
  addJsonOption(addLocalOptions(policy.command('test <files...>')))
    .description('run files of tests: these replicas, and what the policy should make of them')
    .option('--now <time>', 'the time of tests that give none (default: now)', timeFrom(context.clock.nowSeconds()))
    .action((files: readonly string[], options: TestOptions) => test(files, options, context));
}

/** All files are run; what cannot be read outweighs what fails. */
async function test(files: readonly string[], options: TestOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const now = options.now ?? context.clock.nowSeconds();
  const variables = ownVariables(await configurationFor(context, options));
  const reports: unknown[] = [];
  for (const file of files) {
    try {
      const results = await testPolicy(await readInput(file), { now, variables });
      reports.push({ file, ok: results.every(({ failures }) => failures.length === 0), tests: results });
      if (results.some(({ failures }) => failures.length > 0)) context.exitCode ||= 1;
      if (!options.json) terminal.print(formatPolicyTests(file, results, { verbose: options.verbose === true }));
    } catch (error) {
      if (!isDynamoError(error, 'invalid-input')) throw error;
      terminal.warn(`dynamo: ${error.message}`);
      reports.push({ file, ok: false, error: error.message });
      context.exitCode = 2;
    }
  }
  if (options.json) terminal.print(JSON.stringify(reports));
}
