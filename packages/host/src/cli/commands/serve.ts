import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addLocalOptions, type ConnectionOptions } from '../common-options.ts';
import { configurationFor } from '../connect.ts';

export function addServeCommand(program: Command, context: CommandContext): void {
  addLocalOptions(program.command('serve'))
    .description('run the host: its cycles, its REST interface and its status page, until it is told to stop')
    .action(async (options: ConnectionOptions) => {
      const configuration = await configurationFor(context, options);
      // Only now: the server's parts need time to load.
      const { serve } = await import('../../server/serve.ts');
      // The first one ends everything in good order; who sends another does not want to wait for that.
      let isStopping = context.signal.aborted;
      process.on('SIGTERM', () => {
        if (isStopping) process.exit(143);
        isStopping = true;
      });
      await serve(configuration, {
        clock: context.clock,
        signal: context.signal,
        onReady: ({ url }) => {
          context.terminal.print(`serving ${url}, the token is in ${configuration.server.tokenFile}`);
        },
      });
    });
}
