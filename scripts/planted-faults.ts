// Faults that the checks must find. Each is planted in a copy of the workspace; the check must fail and name the file.

export interface PlantedFault {
  /** What is wrong, in a few words. */
  readonly fault: string;
  /** The file to write or change, from the workspace's root. */
  readonly path: string;
  /** The new text, or how to make it of the old one. */
  readonly plant: string | ((text: string) => string);
  /** What the check must print. */
  readonly expected: RegExp;
}

export interface CheckProof {
  /** The npm script. */
  readonly script: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Planted together: the check must report every one. */
  readonly faults: readonly PlantedFault[];
}

const inCore = (name: string): string => `packages/core/src/planted/${name}`;

export const proofs: readonly CheckProof[] = [
  {
    script: 'check:types',
    faults: [
      typeFault('a wrong type', 'wrong-type', "export const count: number = 'one';"),
      typeFault('an unchecked index', 'unchecked-index', 'export const first = (texts: string[]): string => texts[0];'),
      typeFault(
        'an explicit undefined',
        'explicit-undefined',
        'export const options: { limit?: number } = { limit: undefined };',
      ),
      typeFault('an inferred public type', 'inferred-type', 'export function now() {\n  return new Date();\n}'),
      typeFault('syntax that is not erased', 'not-erased', 'export enum Color {\n  Red,\n}'),
      typeFault(
        'a type imported as a value',
        'value-import',
        "import { StatOptions } from 'node:fs';\n\nexport type Options = StatOptions;",
      ),
    ],
  },
  {
    script: 'check:lint',
    faults: [
      lintFault('any', 'noExplicitAny', 'export const anything: any = 1;'),
      lintFault('default export', 'noDefaultExport', 'const one: number = 1;\nexport default one;'),
      lintFault('enum', 'noEnum', 'export enum Color {\n  Red = 1,\n}'),
      lintFault('namespace', 'noNamespace', 'export namespace Space {\n  export const one: number = 1;\n}'),
      lintFault(
        'parameter property',
        'noParameterProperties',
        'export class Point {\n  constructor(readonly x: number) {}\n}',
      ),
      lintFault('console', 'noConsole', "console.log('hello');"),
      lintFault('process.env', 'noProcessEnv', 'export const home: string | undefined = process.env.HOME;'),
      lintFault(
        'floating promise',
        'noFloatingPromises',
        'async function work(): Promise<void> {}\n\nexport function start(): void {\n  work();\n}',
      ),
      lintFault('unused variable', 'noUnusedVariables', 'const forgotten: number = 1;'),
      lintFault('export of everything', 'noReExportAll', "export * from './default-export.ts';"),
      lintFault(
        'focused test',
        'noFocusedTests',
        `import { it } from 'vitest';\n\nit.${'only'}('runs alone', () => {});`,
      ),
      lintFault('import without extension', 'useImportExtensions', "export { anything } from './any';"),
      {
        fault: 'bad format',
        path: inCore('bad-format.ts'),
        plant: 'export const one: number=1',
        expected: /bad-format\.ts format/,
      },
    ],
  },
  {
    script: 'check:imports',
    faults: [
      importFault('core imports a sibling', 'core', '@dynamo/policies', /must not import @dynamo\/policies/),
      importFault('policies import fileops', 'policies', '@dynamo/fileops', /must not import @dynamo\/fileops/),
      importFault('fileops import policies', 'fileops', '@dynamo/policies', /must not import @dynamo\/policies/),
      importFault('core imports the host', 'core', '@dynamo/host', /must not import @dynamo\/host/),
      importFault('the inside of a package', 'policies', '@dynamo/core/src/index.ts', /inside a package/),
      importFault('the inside, by a relative path', 'policies', '../../../core/src/index.ts', /must not leave/),
      importFault('test code in a product', 'policies', '@dynamo/core/testing', /is for tests/),
      importFault('a test from a product', 'core', './some.test.ts', /only tests may import/),
      importFault('tsyringe outside the composition', 'host', 'tsyringe', /nowhere else/),
      importFault('reflect-metadata outside the composition', 'host', 'reflect-metadata', /nowhere else/),
      importFault('an undeclared dependency', 'fileops', 'yaml', /not among the dependencies/),
      importFault('a development tool', 'policies', 'fast-check', /not among the dependencies/),
      importFault('a built-in without node:', 'core', 'fs', /write node:fs/),
      {
        fault: 'import cycle',
        path: inCore('cycle-a.ts'),
        plant: "import type { B } from './cycle-b.ts';\n\nexport type A = B | 1;\n",
        expected: /import cycle: .*cycle-a\.ts/,
      },
      {
        fault: 'the other half of the cycle',
        path: inCore('cycle-b.ts'),
        plant: "export type B = import('./cycle-a.ts').A | 2;\n",
        expected: /import cycle: .*cycle-b\.ts/,
      },
      {
        fault: 'a further dependency of core',
        path: 'packages/core/package.json',
        plant: (text) => text.replace('"dependencies": {', '"dependencies": { "yaml": "2.9.1",'),
        expected: /packages\/core\/package\.json.*not on yaml/,
      },
      {
        fault: 'a dependency against the direction',
        path: 'packages/fileops/package.json',
        plant: (text) => text.replace('"dependencies": {', '"dependencies": { "@dynamo/policies": "0.1.0",'),
        expected: /packages\/fileops\/package\.json.*must not depend on @dynamo\/policies/,
      },
    ],
  },
  {
    script: 'check:exports',
    faults: [
      {
        fault: 'a file that nothing imports',
        path: inCore('forgotten.ts'),
        plant: 'export const forgotten: number = 1;\n',
        expected: /planted\/forgotten\.ts/,
      },
      {
        fault: 'an export that nothing imports',
        path: 'packages/core/src/index.ts',
        plant: (text) => `${text}export { used } from './planted/half-used.ts';\n`,
        expected: /unused\s.*half-used\.ts/,
      },
      {
        fault: 'the file of that export',
        path: inCore('half-used.ts'),
        plant: 'export const used: number = 1;\nexport const unused: number = 2;\n',
        expected: /half-used\.ts/,
      },
      {
        fault: 'a dependency that nothing imports',
        path: 'packages/policies/package.json',
        plant: (text) => text.replace('"dependencies": {', '"dependencies": { "yaml": "2.9.1",'),
        expected: /yaml\s+packages\/policies\/package\.json/,
      },
    ],
  },
  {
    script: 'check:tidy',
    faults: [
      tidyFault('a name in another case', 'CamelCase.ts', 'export const one: number = 1;\n', /not kebab-case/),
      tidyFault('a long file', 'long.ts', '// line\n'.repeat(401), /401 lines/),
      tidyFault('unfinished work', 'unfinished.ts', `// ${'TO'}DO: the rest\n`, /finish it/),
      tidyFault('a default export', 'default.ts', 'const one: number = 1;\nexport default one;\n', /default export/),
      tidyFault('a focused test', 'focused.test.ts', `it.${'only'}('alone', () => {});\n`, /it\.only/),
      tidyFault('a skipped test', 'skipped.test.ts', `describe.${'skip'}('later', () => {});\n`, /describe\.skip/),
      tidyFault('a conditional test', 'maybe.test.ts', `it.${'skipIf'}(true)('later', () => {});\n`, /it\.skipIf/),
      tidyFault('a folder barrel', 'index.ts', "export { one } from './default.ts';\n", /folder barrel/),
      {
        fault: 'an entry point that exports everything',
        path: 'packages/policies/src/index.ts',
        plant: "export * from './a.ts';\n",
        expected: /policies\/src\/index\.ts:1: an entry point only lists names/,
      },
      {
        fault: 'an entry point with code',
        path: 'packages/fileops/src/index.ts',
        plant: 'export const one: number = 1;\n',
        expected: /fileops\/src\/index\.ts:1: an entry point only lists names/,
      },
      {
        fault: 'a stray file at the top',
        path: 'notes.txt',
        plant: 'x\n',
        expected: /notes\.txt.*top level/,
      },
      {
        fault: 'a range of versions',
        path: 'packages/policies/package.json',
        plant: (text) => text.replace('"@dynamo/core": "0.1.0"', '"@dynamo/core": "^0.1.0"'),
        expected: /policies\/package\.json.*not an exact version/,
      },
      {
        fault: 'a lock file made for one platform, from a private registry',
        path: 'package-lock.json',
        plant: (text) =>
          text
            .replace('"node_modules/@biomejs/cli-darwin-arm64"', '"node_modules/@biomejs/gone"')
            .replace(
              '"node_modules/zod": {',
              '"node_modules/zod": {\n      "resolved": "http://mirror.invalid/zod.tgz",',
            ),
        expected: /cli-darwin-arm64, optional for(?:.|\n)*zod comes from http:\/\/mirror\.invalid/,
      },
    ],
  },
  {
    script: 'check:packages',
    faults: [
      {
        fault: 'an export whose file is not packed',
        path: 'packages/core/package.json',
        plant: (text) => text.replace('"./package.json": "./package.json"', '"./gone": "./dist/gone.js"'),
        expected: /packages\/core: \.\/dist\/gone\.js is not packed/,
      },
      {
        fault: 'an import that is not among the dependencies',
        path: 'packages/policies/src/index.ts',
        plant: (text) => `${text}export { parse as planted } from 'yaml';\n`,
        expected: /packages\/policies: @dynamo\/policies cannot be imported/,
      },
      {
        fault: 'the same, for its types',
        path: 'packages/policies/src/index.ts',
        plant: (text) => text,
        expected: /packages\/policies: its types fail a consumer \(nodenext\)/,
      },
      {
        fault: 'types that come too late in the exports map',
        path: 'packages/fileops/package.json',
        plant: (text) =>
          text
            .replace('"types": "./dist/index.d.ts",', '')
            .replace('"default": "./dist/index.js"', '"default": "./dist/index.js", "types": "./dist/index.d.ts"'),
        expected: /packages\/fileops: publint: /,
      },
      {
        fault: 'an entry point that speaks',
        path: 'packages/host/src/index.ts',
        plant: (text) => `${text}console.log('hello');\n`,
        expected: /importing @dynamo\/host prints something/,
      },
    ],
  },
  {
    script: 'test',
    environment: { CI: 'true' },
    faults: [
      {
        fault: 'a missing component in CI',
        path: inCore('missing-component.test.ts'),
        plant: [
          "import { it } from 'vitest';",
          "import { describeWith } from '../../../../scripts/components.ts';",
          "describeWith({ name: 'Nowhere', programs: ['no-such-program'] }, 'it', () => it('works', () => {}));",
        ].join('\n'),
        expected: /needs Nowhere, and no-such-program is not here/,
      },
      {
        fault: 'a failing test',
        path: inCore('failing.test.ts'),
        plant: "import { expect, it } from 'vitest';\n\nit('fails as planted', () => expect(1).toBe(2));\n",
        expected: /fails as planted/,
      },
    ],
  },
];

function typeFault(fault: string, name: string, text: string): PlantedFault {
  return {
    fault,
    path: inCore(`${name}.ts`),
    plant: `${text}\n`,
    expected: new RegExp(`${name}\\.ts\\(\\d+,\\d+\\): error`),
  };
}

function lintFault(fault: string, rule: string, text: string): PlantedFault {
  const name = fault.replaceAll(/[^a-z]+/g, '-');
  return {
    fault,
    path: inCore(`${name}.ts`),
    plant: `${text}\n`,
    expected: new RegExp(`${name}\\.ts:\\d+:\\d+ lint/\\w+/${rule}`),
  };
}

function importFault(fault: string, home: string, specifier: string, expected: RegExp): PlantedFault {
  const name = fault.replaceAll(/[^a-z]+/g, '-');
  const path = `packages/${home}/src/planted/${name}.ts`;
  return { fault, path, plant: `import '${specifier}';\n`, expected: new RegExp(`${path}:1: .*${expected.source}`) };
}

function tidyFault(fault: string, name: string, plant: string, expected: RegExp): PlantedFault {
  return { fault, path: inCore(name), plant, expected: new RegExp(`${name}:\\d+: .*${expected.source}`) };
}
