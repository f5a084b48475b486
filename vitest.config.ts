import { defineConfig } from 'vitest/config';

// Packages find one another's source by this condition, so that tests need no build.
const source = '@dynamo/source';

export default defineConfig({
  resolve: { conditions: [source, 'node', 'import', 'module', 'default'] },
  ssr: {
    resolve: {
      conditions: [source, 'node', 'import', 'module', 'default'],
      externalConditions: [source, 'node', 'import'],
    },
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Node itself resolves what tests start as workers or processes.
    execArgv: [`--conditions=${source}`, '--disable-warning=ExperimentalWarning'],
    testTimeout: 30_000,
    passWithNoTests: false,
  },
});
