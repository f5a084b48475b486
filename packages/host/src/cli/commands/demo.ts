import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addVerboseOption } from '../common-options.ts';

interface DemoCommandOptions {
  readonly keep?: string;
  readonly serve?: boolean;
}

export function addDemoCommand(program: Command, context: CommandContext): void {
  addVerboseOption(program.command('demo'))
    .description('a small federation of real files: inject, detox, dealer, transfers, deletions, consistency')
    .option('--keep <dir>', 'do it there and keep it; goes on with a demo that was interrupted there')
    .option('--serve', 'serve what it left, until it is told to stop')
    .action(async ({ keep, serve: isToServe }: DemoCommandOptions) => {
      const { terminal, clock, signal } = context;
      // Only now: it needs everything.
      const { runDemo } = await import('../../demo/run-demo.ts');
      const allRight = await runDemo({
        ...{ terminal, clock, signal, keep: keep ?? null },
        afterwards: async (configuration) => {
          if (isToServe !== true) return;
          const { serve } = await import('../../server/serve.ts');
          await serve(configuration, {
            ...{ clock, signal },
            onReady: ({ url }) => {
              terminal.print(`Serving ${url}, the token is in ${configuration.server.tokenFile}; Ctrl-C ends it.`);
            },
          });
        },
      });
      if (!allRight) context.exitCode = 1;
    });
}
