import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfigFile } from '../../src/config/site-file.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('site-file');
const file = join(folder, 'site.yaml');

function problemsOf(content: string | Uint8Array): string[] {
  writeFileSync(file, content);
  return readConfigFile(file).problems.map((problem) => problem.replace(`${file}: `, ''));
}

test('a file that cannot be a configuration says why', () => {
  mkdirSync(join(folder, 'dir'));
  const reasonFor = (name: string) => readConfigFile(join(folder, name)).problems;
  assert.equal(reasonFor('gone.yaml'), [`${join(folder, 'gone.yaml')}: no such file`]);
  assert.equal(reasonFor('dir'), [`${join(folder, 'dir')}: expected a file, got a folder`]);
  assert.equal(problemsOf(' \n'), ['the file is empty']);
  assert.equal(problemsOf(new Uint8Array([0x50, 0x4b, 0, 1])), ['expected text, got binary data']);
  assert.equal(problemsOf(new Uint8Array([0x61, 0xff, 0xfe])), ['expected text (UTF-8), got binary data']);
  assert.equal(problemsOf('#'.repeat(1024 * 1024 + 1)), ['expected at most 1048576 bytes, got more']);
});

test('a mistake in the syntax is named with its line and column', () => {
  assert.match(problemsOf('site: a\ncameras: [a, b\nmqtt: 1\n')[0]!, /^line 3, column 1: /);
});

test('a mistake that spoils the rest of the file does not bury its own line', () => {
  const problems = problemsOf(`site: a\n${'b\n'.repeat(3)}${'x: y: z\n'.repeat(100)}`);
  assert.is(problems.length <= 11, true);
});

test('a key said twice is a mistake', () => {
  assert.equal(problemsOf('site: a\nsite: b\n'), ['line 2, column 1: the key site is there already']);
});

test('a text that is not keys and values is a mistake', () => {
  assert.equal(problemsOf('- a\n'), ['expected keys and values (site: …, cameras: …), got a list']);
  assert.equal(problemsOf('hello'), ['expected keys and values (site: …, cameras: …), got a single value']);
});

test('an unknown tag is a mistake', () => {
  assert.match(problemsOf('site: !secret a')[0]!, /^line 1, column 7: Unresolved tag: !secret/);
});

test('aliases that multiply without end are refused', () => {
  const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
  const problems = problemsOf(`a0: &a0 [x]\n${levels.join('\n')}\n`);
  assert.is(problems.length, 1);
  assert.match(problems[0]!, 'Excessive alias count');
});

test('a file of more keys or entries than any site has is refused at once', () => {
  const problem = ['expected at most 10000 keys and list entries, got more'];
  assert.equal(problemsOf(Array.from({ length: 50_000 }, (_, i) => `a${i}: 1\n`).join('')), problem);
  assert.equal(problemsOf('site: a\n'.repeat(50_000)), problem);
  assert.equal(problemsOf(`cameras: [${'1,'.repeat(50_000)}]`), problem);
});

test('a text nested beyond reason is refused', () => {
  assert.equal(problemsOf('['.repeat(100_000)), ['nested too deeply']);
});

test('a file of comments says nothing and is no mistake', () => {
  assert.equal(problemsOf('# site: a\n'), []);
  assert.equal(readConfigFile(file).data, {});
});

test('JSON and a byte order mark are understood', () => {
  assert.equal(problemsOf('\uFEFF{"site": "a"}'), []);
  assert.equal(readConfigFile(file).data, { site: 'a' });
});

test('lines are known for keys, entries of lists and what lies beneath', () => {
  problemsOf('site: a\ncameras:\n  - id: x\n    url: y\n  -\n    id: z\n');
  const { lineOf } = readConfigFile(file);
  assert.is(lineOf(['cameras', '0', 'url']), 4);
  assert.is(lineOf(['cameras', '1', 'id']), 6);
  assert.is(lineOf(['cameras', '0', 'missing']), 3);
  assert.is(lineOf([]), null);
});

test.run();
