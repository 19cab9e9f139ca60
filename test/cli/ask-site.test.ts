import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { askSite, type Surveyed } from '../../src/cli/ask-site.js';
import { TerminalDialog } from '../../src/cli/terminal-dialog.js';
import type { GivenAnswers } from '../../src/setup/answers.js';

const test = suite('questions of config init');

const SURVEYED: Surveyed = {
  device: { name: 'cabinet-1a2b3c4d', warning: null },
  local: [{ path: '/dev/video0', name: 'USB Camera' }],
  network: [{ host: '192.0.2.10', service: 'http://192.0.2.10/onvif', name: 'Gate' }],
};

/** Types each line once the question before it stands there; the end of the input after the last. */
async function typing(
  lines: readonly string[],
  surveyed = SURVEYED,
): Promise<{ answers: GivenAnswers; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  const rest = [...lines];
  output.on('data', (bytes: Buffer) => {
    shown += bytes.toString();
    if (!/: $|stream: \S+$/.test(shown)) return;
    const line = rest.shift();
    if (line === undefined) input.end();
    else input.write(`${line}\n`);
  });
  const dialog = new TerminalDialog(input, output, false);
  try {
    return { answers: await askSite(dialog, surveyed), shown };
  } finally {
    dialog.close();
  }
}

test('proposes what was found and takes it at the press of a key', async () => {
  const { answers, shown } = await typing(['station-road', '', '1', '', '2', '/stream2', 'gate', '', '']);
  assert.equal(answers, {
    site: 'station-road',
    device: 'cabinet-1a2b3c4d',
    cameras: [
      { id: 'camera1', url: '/dev/video0' },
      { id: 'gate', url: 'rtsp://192.0.2.10/stream2' },
    ],
    broker: 'off',
  });
  assert.match(shown, /1 {2}\/dev\/video0 {2}USB Camera\n {2}2 {2}192\.0\.2\.10 {2}Gate \(network camera\)/);
});

test('asks again for what cannot be used', async () => {
  const { answers, shown } = await typing([
    'station road',
    'station-road',
    'c1',
    '9',
    'rtsp://192.0.2.20/s',
    'north',
    'rtsp://192.0.2.21/s',
    'north',
    '',
    'broker.example.org',
    'mqtt://broker.example.org',
    'c1',
    'secret',
  ]);
  assert.equal(answers, {
    site: 'station-road',
    device: 'c1',
    cameras: [{ id: 'north', url: 'rtsp://192.0.2.20/s' }],
    broker: 'mqtt://broker.example.org',
    username: 'c1',
    password: 'secret',
  });
  assert.match(shown, /There is a camera north already\./);
  assert.match(shown, /Expected off, embedded, or an address/);
});

test('takes lines that were pasted at once', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const dialog = new TerminalDialog(input, output.resume(), false);
  input.write('station-road\nc1\nrtsp://192.0.2.20/s\nnorth\n\noff\n');
  const { site, cameras } = await askSite(dialog, SURVEYED);
  dialog.close();
  assert.equal([site, cameras], ['station-road', [{ id: 'north', url: 'rtsp://192.0.2.20/s' }]]);
});

test('warns where the proposed name is not unique', async () => {
  const device = { name: 'cabinet', warning: 'this machine has no id of its own' };
  const { shown } = await typing(['a', '', '1', '', '', ''], { ...SURVEYED, device });
  assert.match(shown, /Careful: this machine has no id of its own\./);
});

test('ends with a reason where the answers end', async () => {
  const failure = await typing(['station-road']).catch((error: Error) => error);
  assert.match((failure as Error).message, /the questions were not answered to the end/);
});

test.run();
