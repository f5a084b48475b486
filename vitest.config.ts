import { defineConfig } from 'vitest/config';

const conditions = ['@dynamo/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@dynamo/source', 'node', 'import'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts'],
    execArgv: ['--conditions=@dynamo/source'],
    testTimeout: 30_000,
  },
});
