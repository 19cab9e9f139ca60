import { PassThrough, Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TerminalDialog } from '../../src/cli/terminal-dialog.js';

function dialog() {
  const input = new PassThrough();
  let shown = '';
  const output = new Writable({
    write: (bytes, _, done) => {
      shown += String(bytes);
      done();
    },
  });
  return { input, shown: () => shown, dialog: new TerminalDialog(input, output, false) };
}

const reasonOf = (asked: Promise<string>): Promise<unknown> => asked.catch((error: Error) => error.message);
const UNANSWERED = 'no configuration was made: the questions were not answered to the end';

test('lines that were pasted answer questions to come, also after the input has ended', async () => {
  const { input, dialog: asked, shown } = dialog();
  assert.is(await Promise.all([asked.ask('name? '), input.write('north\ngate\n')]).then(([name]) => name), 'north');
  input.end();
  await new Promise((resolve) => input.once('close', resolve));
  assert.is(await asked.ask('camera? '), 'gate');
  assert.is(await reasonOf(asked.ask('url? ')), UNANSWERED);
  assert.is(shown(), 'name? camera? url? ');
});

test('an input that ends before the answer ends the question, as Ctrl-D does', async () => {
  const { input, dialog: asked } = dialog();
  const answer = reasonOf(asked.ask('name? '));
  input.end();
  assert.is(await answer, UNANSWERED);
  assert.is(await reasonOf(asked.askSecret('password? ')), UNANSWERED);
});

test('closed without an answer it leaves no question open', async () => {
  const { dialog: asked } = dialog();
  const answer = reasonOf(asked.ask('name? '));
  asked.close();
  asked.close();
  assert.is(await answer, UNANSWERED);
});

test.run();
