import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildProgram } from '../../../src/cli/program/program.js';
import { parseCommandLine } from './parse.js';

const test = suite('command line');

test('a command line becomes a command with its arguments and options, and nothing is done', async () => {
  assert.equal(
    await parseCommandLine([
      'models',
      'compare',
      'roadside-n',
      'roadside-s',
      '-f',
      'a.mp4',
      '-f',
      'b/',
      '--count',
      '9',
    ]),
    {
      command: 'models compare',
      args: ['roadside-n', 'roadside-s'],
      options: { dir: 'models', frames: ['a.mp4', 'b/'], count: 9 },
    },
  );
});

test('what follows -- belongs to the worker that is checked', async () => {
  const { args } = await parseCommandLine(['detector', 'check', '--batch', '2', '--', 'python3', 'w.py', '--fast']);
  assert.equal(args, [['python3', 'w.py', '--fast']]);
});

test('the work of the command that was called is handed over, to be done or not', async () => {
  const works: (() => Promise<number>)[] = [];
  const program = buildProgram(async (work) => void works.push(work));
  await program.parseAsync(['detector', 'check', '--config', 'no-such-file.yaml'], { from: 'user' });
  assert.is(works.length, 1);
  await rejects(works[0]!(), /no-such-file\.yaml/);
});

const refused: readonly [string, string[], RegExp][] = [
  ['an unknown command', ['modells', 'list'], /unknown command 'modells'/],
  ['an unknown command of a group', ['models', 'lisst'], /unknown command 'lisst'/],
  ['an unknown option', ['run', '--sorce', 'clip.mp4'], /unknown option '--sorce'/],
  ['a missing argument', ['models', 'pull'], /missing required argument 'name-or-url'/],
  ['an argument too many', ['models', 'show', 'a', 'b'], /too many arguments/],
  ['an option that is not one of its choices', ['run', '--pace', 'slow'], /Allowed choices are realtime, fast/],
  ['a number outside its range', ['run', '--workers', '17'], /Expected a whole number from 1 to 16/],
  ['a missing file', ['models', 'add'], /missing required argument 'file'/],
];
for (const [what, args, message] of refused) {
  test(`${what} is refused`, () => rejects(parseCommandLine(args), message));
}

async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  let failure: unknown = null;
  await promise.catch((error) => (failure = error));
  assert.instance(failure, Error);
  assert.match((failure as Error).message, message);
}

test.run();
