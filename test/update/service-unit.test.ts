import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemdService } from '../../src/update/service-unit.js';

/** As `systemctl show` of systemd 252 prints it. */
const shown = (change: Record<string, string> = {}, program = '/opt/edge/current/bin/node') =>
  Object.entries({
    ExecStart: `{ path=${program} ; argv[]=${program} /opt/edge/current/dist/src/main.js run ; ignore_errors=no ; pid=0 }`,
    NRestarts: '0',
    MainPID: '812',
    Result: 'success',
    LoadState: 'loaded',
    ActiveState: 'active',
    SubState: 'running',
    StatusText: '1 of 1 camera streaming, 9.5 answers/s, F1 not known yet, cpu',
    ...change,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** `systemctl` that always answers so, and what it was asked. */
const answering = (text: string | null, asked: string[][]) => async (_: string, args: readonly string[]) => {
  asked.push([...args]);
  return text;
};

const service = (text: string | null, asked: string[][] = [], prefix = '/opt/edge') =>
  systemdService(prefix, answering(text, asked), true);

test('what systemd shows becomes phase, restarts and process', async () => {
  assert.equal(await service(shown()).look(), {
    state: { phase: 'running', restarts: 0, pid: 812, result: 'success' },
    statusText: '1 of 1 camera streaming, 9.5 answers/s, F1 not known yet, cpu',
  });
  const crashing = shown({ ActiveState: 'activating', SubState: 'auto-restart', NRestarts: '3', MainPID: '0' });
  assert.equal((await service(crashing).look())?.state, {
    phase: 'starting',
    restarts: 3,
    pid: null,
    result: 'success',
  });
  const phase = async (active: string) => (await service(shown({ ActiveState: active })).look())?.state.phase;
  assert.equal(
    [await phase('failed'), await phase('inactive'), await phase('deactivating')],
    ['failed', 'stopped', 'starting'],
  );
});

test('the service of another installation is never looked at nor watched', async () => {
  assert.is(await service(shown(), [], '/srv/other').look(), null);
  assert.is(await service(shown(), [], '/srv/other').isWatched(), null);
  assert.is(await service(null).look(), null, 'systemctl does not answer');
  const asked: string[][] = [];
  assert.is(await systemdService('/opt/edge', answering('', asked), false).look(), null);
  assert.equal(asked, [], 'systemd does not run here');
});

test('whether a trial is watched is what its unit says, where there is one', async () => {
  const unit = (change: Record<string, string>) => service(shown(change, '/opt/edge/bin/update-guard')).isWatched();
  assert.is(await unit({}), true);
  assert.is(await unit({ ActiveState: 'activating' }), true);
  assert.is(await unit({ ActiveState: 'inactive' }), false);
  assert.is(await unit({ LoadState: 'not-found', ExecStart: '' }), null);
});

test('a restart does not wait for what is started', async () => {
  const asked: string[][] = [];
  assert.is(await service('', asked).restart(), true);
  assert.equal(asked, [['--no-block', 'restart', 'edge-optimizer.service']]);
  assert.is(await service(null).restart(), false);
});

test.run();
