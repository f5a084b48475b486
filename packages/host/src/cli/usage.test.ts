import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDynamo, type TestDirectory, testDirectory } from '../testing/run-dynamo.ts';

describe('wrong usage', () => {
  it.each([
    [['nonsense'], /unknown command 'nonsense'/],
    [['status', '--sever', 'x'], /unknown option '--sever'/],
    [['request', 'copy'], /required option '--dataset <name>' not specified/],
    [['request', 'cancel', 'seven'], /expected a whole number/],
    [['lock', 'add', '--dataset', '/A/B/C', '--expires', 'soon'], /soon/],
  ])('%j ends with 2 and says what is wrong', async (args, message) => {
    const { code, stdout, stderr } = await runDynamo(args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('gives help where it is asked for, and ends with 0', async () => {
    const { code, stdout } = await runDynamo(['--help']);
    expect(code).toBe(0);
    for (const command of ['policy', 'status', 'request']) expect(stdout).toContain(command);
  });
});

describe('a policy with a fault', () => {
  const SOUND = 'Partition P\nOn always\nWhen site.occupancy > 0.9\nUntil site.occupancy < 0.8\nDismiss\nOrder none\n';
  let directory: TestDirectory;
  beforeAll(async () => {
    directory = await testDirectory();
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it.each([
    [
      'a misspelt variable',
      SOUND.replace('Dismiss', 'Protect dataset.usge_rank > 3\nDismiss'),
      5,
      /usge_rank.*usage_rank/,
    ],
    ['a missing Until', SOUND.replace(/Until.*\n/, ''), 5, /`Until` is missing/],
    ['a boolean in an enumeration', SOUND.replace('Dismiss', 'Protect dataset.on_tape == YES\nDismiss'), 5, /YES/],
    ['an unclosed bracket', SOUND.replace('On always', 'On site.name in [T2_A T2_B'), 2, /\[/],
  ])('is refused with its place: %s', async (_what, text, line, message) => {
    const file = await directory.write('policy.txt', text);
    const { code, stdout, stderr } = await runDynamo(['policy', 'check', file]);
    const [first = '', ...rest] = stderr.split('\n');
    expect(first).toMatch(message);
    expect(first.startsWith(`${file}:${line}:`)).toBe(true);
    // The line, the caret, and nothing else: one fault, one error.
    expect(rest).toHaveLength(first.length > 0 ? 3 : 0);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('passes without one, and says for what', async () => {
    const file = await directory.write('sound.txt', SOUND);
    expect(await runDynamo(['policy', 'check', file])).toMatchObject({
      code: 0,
      stdout: `${file}: 0 lines for partition P, nothing to remark\n`,
    });
  });

  it('is told which partition it meant', async () => {
    const policy = await directory.write('policy.txt', SOUND.replace('Partition P', 'Partition Physiks'));
    const partitions = await directory.write('partitions.txt', 'Physics: site.storage_type == DISK\n');
    const { code, stderr } = await runDynamo(['policy', 'check', policy, '--partitions', partitions]);
    expect(stderr).toMatch(/:1:11: there is no partition `Physiks` \(did you mean `Physics`\?\)/);
    expect(code).toBe(2);
  });

  it('cannot be read where there is no file', async () => {
    const { code, stderr } = await runDynamo(['policy', 'check', '/nonexistent/policy.txt']);
    expect(stderr).toMatch(/^dynamo: \/nonexistent\/policy\.txt: cannot be read/);
    expect(code).toBe(2);
  });
});

describe('a configuration with faults', () => {
  it('ends with 2 and lists all of them', async () => {
    await using directory = await testDirectory();
    const file = await directory.write('dynamo.yaml', 'server: { prot: 1 }\ndetox: { intervalSeconds: soon }\n');
    const { code, stderr } = await runDynamo(['status', '--config', file]);
    expect(stderr.trim().split('\n')).toEqual([
      `dynamo: ${file}:1: server.prot: unknown key (did you mean port?)`,
      `${file}:2: detox.intervalSeconds: invalid input: expected number, received string`,
    ]);
    expect(code).toBe(2);
  });
});
