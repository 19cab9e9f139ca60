import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog, silentLog } from '../../../src/foundation/log.js';
import type { CameraStatus } from '../../../src/runtime/status.js';
import { notifySocket, takeNotifyRequest } from '../../../src/runtime/systemd/notify-socket.js';
import { ServiceNotice } from '../../../src/runtime/systemd/service-notice.js';
import { startEdgeOptimizer } from '../../cli/command-line.js';
import { has, where } from '../../optional.js';
import { endWithTests, eventually, temporaryFolder } from '../../temporary.js';

const test = suite('service notice');
const folder = temporaryFolder('service-notice');
const withSystemd = where(has('python3') && has('systemd-notify'), 'python3 with systemd-notify', test);

/**
 * Listens as systemd does, until its stdin ends: prints every message as a JSON array of its lines, but those by which
 * systemd-notify waits until the one before was read.
 */
const RECEIVER = `
import json, os, socket, sys, threading
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    lines = s.recv(4096).decode().strip().split("\\n")
    if lines != ["BARRIER=1"]: print(json.dumps(lines), flush=True)
`;

let receivers = 0;

/** Calls `use` with the address of a receiver and the messages that came so far. */
async function receiving(use: (address: string, messages: readonly string[][]) => Promise<void>): Promise<void> {
  const address = join(folder, `notify-${receivers++}`);
  const child = endWithTests(spawn('python3', ['-c', RECEIVER, address], { stdio: ['pipe', 'pipe', 'inherit'] }));
  const messages: string[][] = [];
  const lines = createInterface(child.stdout);
  await once(lines, 'line');
  lines.on('line', (line) => messages.push(JSON.parse(line) as string[]));
  try {
    await use(address, messages);
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
}

/** `captured` goes on; what is answered, the test says. */
function status(captured: number, inferred: number) {
  const answered = { inferred, propagated: 0, 'reused-memory': 0, 'reused-disk': 0 };
  const camera = {
    id: 'north',
    state: 'streaming',
    paused: null,
    captured,
    answered,
    answeredFps: 10,
    estimatedF1: null,
  };
  return { cameras: [camera as unknown as CameraStatus], provider: 'cpu' };
}

const noticeTo = (address: string, watchdogMs: number): ServiceNotice =>
  new ServiceNotice({
    request: { address, watchdogMs },
    socket: notifySocket(address, process.env),
    log: silentLog,
  });

withSystemd('tells that it starts, is ready, lives and stops, in this order', () =>
  receiving(async (address, messages) => {
    const notice = noticeTo(address, 400);
    notice.starting();
    let frames = 0;
    await notice.ready(() => status(++frames, frames));
    await eventually('a sign of life', () => messages.some(([first]) => first === 'WATCHDOG=1'));
    await notice.stopping();
    await eventually('the stop', () => messages.at(-1)?.[0] === 'STOPPING=1');
    const line = 'STATUS=1 of 1 camera streaming, 10.0 answers/s, F1 not known yet, cpu';
    assert.equal(messages.slice(0, 3), [
      ['EXTEND_TIMEOUT_USEC=30000000', 'STATUS=starting'],
      ['READY=1', line],
      ['WATCHDOG=1', line],
    ]);
    assert.equal(messages.at(-1), ['STOPPING=1', 'STATUS=stopping']);
  }),
);

withSystemd('withholds signs of life while frames get no answer', () =>
  receiving(async (address, messages) => {
    const notice = noticeTo(address, 200);
    let looks = 0;
    await notice.ready(() => status(++looks, 0));
    await eventually('more looks than an interval has', () => looks > 15);
    await notice.stopping();
    await eventually('the stop', () => messages.at(-1)?.[0] === 'STOPPING=1');
    assert.equal(
      messages.map(([first]) => first),
      ['READY=1', 'STOPPING=1'],
    );
  }),
);

withSystemd('the program tells systemd that it is ready, lives and stops', () =>
  receiving(async (address, messages) => {
    const run = startEdgeOptimizer(['run', '--source', 'sim://road?seed=5', '--no-http', '--log-level', 'warn'], {
      NOTIFY_SOCKET: address,
      WATCHDOG_USEC: '1000000',
    });
    await eventually('a sign of life', () => messages.some(([first]) => first === 'WATCHDOG=1'), 60_000);
    run.child.kill('SIGTERM');
    const { code, stderr } = await run.ended;
    assert.is(code, 0, stderr);
    const kinds = messages.map(([first]) => first!.split('=')[0]);
    assert.is(kinds[0], 'EXTEND_TIMEOUT_USEC');
    assert.is(kinds.filter((kind) => kind === 'READY').length, 1);
    assert.ok(kinds.indexOf('READY') < kinds.indexOf('WATCHDOG'));
    assert.is(kinds.at(-1), 'STOPPING');
    assert.match(messages.find(([first]) => first === 'WATCHDOG=1')![1]!, /^STATUS=1 of 1 camera streaming, .*, cpu$/);
  }),
);

test('takes the request out of the environment', () => {
  const env = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '180000000', WATCHDOG_PID: '42', PATH: '/bin' };
  assert.equal(takeNotifyRequest(env, 42), { address: '/run/systemd/notify', watchdogMs: 180_000 });
  assert.equal(env, { PATH: '/bin' });
});

test('a watchdog that waits for another process, or that is no number, is not fed', () => {
  const socket = { NOTIFY_SOCKET: '@abstract' };
  const nobody = { address: '@abstract', watchdogMs: null };
  assert.equal(takeNotifyRequest({ ...socket, WATCHDOG_USEC: '180000000', WATCHDOG_PID: '41' }, 42), nobody);
  assert.equal(takeNotifyRequest({ ...socket, WATCHDOG_USEC: 'soon' }, 42), nobody);
  assert.equal(takeNotifyRequest({ ...socket }, 42), nobody);
});

test('tells nobody where nobody asks', async () => {
  const sent: unknown[] = [];
  const socket = {
    send: async (lines: readonly string[]) => {
      sent.push(lines);
      return null;
    },
  };
  const notice = new ServiceNotice({ request: takeNotifyRequest({}, 1), socket, log: silentLog });
  notice.starting();
  await notice.ready(() => status(1, 1));
  await notice.stopping();
  assert.equal(sent, []);
});

test('says that it is ready until systemd has heard it', async () => {
  const sent: string[] = [];
  const heard = [false, false, true];
  const socket = {
    send: async ([first]: readonly string[]) => {
      sent.push(first!);
      return heard.shift() === false ? 'a busy machine' : null;
    },
  };
  const request = { address: '@abstract', watchdogMs: null };
  const notice = new ServiceNotice({ request, socket, log: silentLog, startingEveryMs: 1 });
  await notice.ready(() => status(1, 1));
  await eventually('the third try', () => sent.length === 3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await notice.stopping();
  assert.equal(sent, ['READY=1', 'READY=1', 'READY=1', 'STOPPING=1']);
});

test('where systemd-notify is not there, the log says so once', async () => {
  const lines: string[] = [];
  const log = createLog('warn', { write: (line: string) => void lines.push(line) });
  const address = join(folder, 'nobody');
  const notice = new ServiceNotice({
    request: { address, watchdogMs: null },
    socket: notifySocket(address, process.env, 'edge-no-such-program'),
    log,
  });
  notice.starting();
  await notice.ready(() => status(1, 1));
  await notice.stopping();
  assert.is(lines.length, 1);
  assert.match(lines[0]!, /systemd is not told how the service does: .*edge-no-such-program.*Type=simple/);
});

test.run();
