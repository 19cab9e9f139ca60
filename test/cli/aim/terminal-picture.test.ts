import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inBlocks } from '../../../src/cli/aim/terminal-picture/blocks.js';
import { inKitty } from '../../../src/cli/aim/terminal-picture/kitty.js';
import { inSixel } from '../../../src/cli/aim/terminal-picture/sixel.js';
import { pictureFormOf } from '../../../src/cli/aim/terminal-picture/terminal-picture.js';
import { outline, shrunk } from '../../../src/media/shrunk.js';

const test = suite('terminal picture');
const [RED, BLACK] = [
  [255, 0, 0],
  [0, 0, 0],
];
/** Two rows of five: the upper one red, the lower one black. */
const flag = { width: 5, height: 2, data: Uint8Array.from([...Array(5).fill(RED), ...Array(5).fill(BLACK)].flat()) };

test('half blocks hold two rows in a line, and say a colour once', () => {
  assert.equal(inBlocks(flag), ['\u001b[38;2;255;0;0;48;2;0;0;0m▀▀▀▀▀\u001b[0m']);
});

test('sixel holds each colour of a band as a line', () => {
  assert.is(inSixel(flag), '\u001bPq"1;1;5;2#180;2;100;0;0#0;2;0;0;0#180!5@$#0!5A-\u001b\\');
});

test('kitty gets the pixels as they are, in chunks', () => {
  const large = { width: 64, height: 48, data: new Uint8Array(64 * 48 * 3).fill(7) };
  const parts = inKitty(large, 10, 4)
    .split('\u001b\\')
    .slice(0, -1)
    .map((part) => part.replace('\u001b_G', '').split(';'));
  assert.is(parts[0]?.[0], 'a=T,q=2,C=1,i=1,p=1,f=24,s=64,v=48,c=10,r=4,m=1');
  assert.equal(
    parts.slice(1).map(([head]) => head),
    ['m=1', 'm=0'],
  );
  const pixels = Buffer.from(parts.map(([, chunk]) => chunk).join(''), 'base64');
  assert.equal([pixels.length, pixels.every((level) => level === 7)], [9216, true]);
});

test('a picture is shrunk to means, and boxes beyond its edge are cut', () => {
  const small = shrunk(flag, 1, 1);
  assert.equal([...small.data], [127, 0, 0]);
  const copy = { ...flag, data: Uint8Array.from(flag.data) };
  outline(copy, [[-3, 0, 9, 0]], [80, 255, 80]);
  assert.equal([...copy.data.slice(0, 3), ...copy.data.slice(15, 18)], [80, 255, 80, 0, 0, 0]);
});

test('the form is the best that the terminal says it knows', () => {
  assert.is(pictureFormOf({ TERM: 'xterm-kitty' }), 'kitty');
  assert.is(pictureFormOf({ TERM: 'xterm-256color', TERM_PROGRAM: 'WezTerm' }), 'kitty');
  assert.is(pictureFormOf({ TERM: 'foot' }), 'sixel');
  assert.is(pictureFormOf({ TERM: 'xterm-kitty', TMUX: '/tmp/tmux-0/default,1,0' }), 'blocks');
  assert.is(pictureFormOf({ TERM: 'linux' }), 'blocks');
  assert.is(pictureFormOf({ TERM: 'dumb' }), 'none');
});

test.run();
