import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksOf, codeOf, DOCUMENTS, type Piece, problemAt } from './documents.js';
import { everyOption, isBareName, problemOf, problemOfMention } from './our-commands.js';
import { shellCommands } from './shell.js';

const test = suite('command lines in documents');

/** What may hold commands that people type; output shown beside them is nobody's command. */
const SHELL = ['sh', 'console', 'ini', ''];
/** Options of other programs that documents mention. */
const FOREIGN_OPTIONS = ['--use_cuda', '--parallel', '--single-threaded-gc', '--no-parallel-scavenge'];

test('a shell text is split into commands and words as a shell does', () => {
  const text = 'a \'b c\' \\\n  "d e" # f\nx=1 g && (cd h; i|j) > k\n\n  l\\ m';
  assert.equal(shellCommands(text), [
    { words: ['a', 'b c', 'd e'], line: 0 },
    { words: ['x=1', 'g'], line: 2 },
    { words: ['cd', 'h'], line: 2 },
    { words: ['i'], line: 2 },
    { words: ['j'], line: 2 },
    { words: ['k'], line: 2 },
    { words: ['l m'], line: 4 },
  ]);
});

const wrong: readonly [string, string][] = [
  ['edge-optimizer models lisst', "error: unknown command 'lisst'\n(Did you mean list?)"],
  ['sudo -u edge npx edge-optimizer run --workers 17', 'Expected a whole number from 1 to 16.'],
  ['/usr/bin/node --x dist/src/main.js config check', "error: missing required argument 'file'"],
  ['npm start -- --sorce a.mp4', "error: unknown option '--sorce'\n(Did you mean --source?)"],
  ['npm test -- no-such-test', 'no such test file: no-such-test'],
  ['npm run biuld', 'package.json has no script biuld'],
  ['npm run -s bench -- peers --rouds 3', 'no such option: --rouds'],
  ['npm run -s bench -- pears', 'no such benchmark: pears'],
  ['node dist/scripts/gone.js', 'no such script: scripts/gone.ts'],
  ["npx mqtt sub -t 'edge/#'", "the topic edge/# is none of this program's"],
];
for (const [line, problem] of wrong) {
  test(`${line} is found to be wrong`, async () => {
    assert.match((await problemOf(shellCommands(line)[0]!.words)) ?? 'nothing', problem);
  });
}

test('a mention of a command that is not there is found to be wrong', () => {
  assert.is(problemOfMention(['models', 'lisst']), 'unknown command models lisst');
  assert.is(problemOfMention(['models', 'list', '--jsn']), 'no such option: --jsn');
  assert.is(problemOfMention(['models', 'pull']), null);
});

for (const file of DOCUMENTS) {
  test(`every command line in ${file} is understood`, async () => {
    const problems: string[] = [];
    for (const { piece, words } of [...typed(file), ...quoted(file).filter(({ words }) => !isBareName(words))]) {
      const problem = await problemOf(words);
      if (problem !== null) problems.push(problemAt(piece, `${words.join(' ')}: ${problem}`));
    }
    assert.equal(problems, []);
  });

  test(`every command and option that ${file} mentions is there`, () => {
    const options = everyOption();
    const problems = quoted(file).flatMap(({ piece, words }) => {
      const option = /^--[a-z][\w-]*$/.exec(words[0] ?? '')?.[0];
      if (option !== undefined && !options.has(option) && !FOREIGN_OPTIONS.includes(option))
        return [problemAt(piece, `no command has the option ${option}`)];
      const problem = problemOfMention(words);
      return problem === null ? [] : [problemAt(piece, problem)];
    });
    assert.equal(problems, []);
  });
}

interface Line {
  readonly piece: Omit<Piece, 'text'>;
  readonly words: readonly string[];
}

/** The commands in the blocks of a document. */
function typed(file: string): Line[] {
  return blocksOf(file)
    .filter(({ language }) => SHELL.includes(language))
    .flatMap((block) =>
      shellCommands(block.text.replace(/^(\$ |ExecStart\w*=)/gm, '')).map(({ words, line }) => ({
        piece: { file, line: block.line + line },
        words,
      })),
    );
}

/** The commands in running text. */
function quoted(file: string): Line[] {
  return codeOf(file).flatMap((piece) => shellCommands(piece.text).map(({ words }) => ({ piece, words })));
}

test.run();
