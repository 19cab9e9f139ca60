import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryCheck } from '../../../../src/diagnose/checks/system/memory.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('memory');

const meminfo = (totalMiB: number, availableMiB: number, swapMiB = 0, swapFreeMiB = 0): Files => ({
  'proc/meminfo': [
    `MemTotal: ${totalMiB * 1024} kB`,
    `MemAvailable: ${availableMiB * 1024} kB`,
    `SwapTotal: ${swapMiB * 1024} kB`,
    `SwapFree: ${swapFreeMiB * 1024} kB`,
    '',
  ].join('\n'),
});

/** A process with its parent and resident MiB. */
const processOf = (pid: number, parent: number, residentMiB: number): Files => ({
  [`proc/${pid}/status`]: `Name: node\nPPid:\t${parent}\nVmRSS:\t${residentMiB * 1024} kB\n`,
});

const look = (files: Files, changes = {}) => findingsOf(memoryCheck(), patientAt(tree(files), changes));

test('memory that is there is fine', async () => {
  assert.equal(told(await look(meminfo(2048, 1500))), ['fine memory-fine']);
});

test('little memory is told with who uses it', async () => {
  const findings = await look(meminfo(2048, 90));
  assert.equal(told(findings), ['degraded memory-low']);
  assert.equal(findings[0]?.values, { available: 90, total: 2048 });
  assert.is(remedyOf(findings), 'See who uses most, and stop what is not needed: ps aux --sort=-rss | head');
});

test('full swap matters only where memory is short as well', async () => {
  assert.equal(told(await look(meminfo(2048, 300, 512, 8))), ['degraded memory-swap-full']);
  assert.equal(told(await look(meminfo(2048, 1500, 512, 8))), ['fine memory-fine']);
});

test('a limit that no detector fits in is that of the running program, not of the shell', async () => {
  const files = {
    ...meminfo(8192, 6000),
    'proc/self/cgroup': '0::/user.slice\n',
    'proc/77/cgroup': '0::/system.slice/edge.service\n',
    'sys/fs/cgroup/system.slice/edge.service/memory.max': `${256 * 2 ** 20}\n`,
    'sys/fs/cgroup/system.slice/edge.service/memory.current': `${100 * 2 ** 20}\n`,
  };
  assert.equal(told(await look(files)), ['fine memory-fine']);
  const findings = await look(files, { running: runningAs(77) });
  assert.equal(told(findings), ['degraded memory-limit-small']);
  assert.equal(findings[0]?.values, { limit: 256, wanted: 384 });
});

test('a program near its limit is told which setting gives memory back', async () => {
  const files = {
    ...meminfo(1024, 300),
    ...processOf(77, 1, 300),
    ...processOf(78, 77, 400),
    ...processOf(79, 78, 200),
  };
  const { config } = patientAt('/');
  const running = runningAs(77);

  const cache = { ...config.cache, memoryBytes: 512 * 2 ** 20 };
  const large = await look(files, { running, config: { ...config, cache } });
  assert.equal(told(large), ['degraded memory-program-cache']);
  assert.equal(large[0]?.values, { used: 900, most: 1024, percent: 88, cache: 512, wanted: 134_217_728 });
  assert.is(
    remedyOf(large),
    'Set cache.memoryBytes: 134217728 in the configuration, then: systemctl restart edge-optimizer',
  );

  const detector = { ...config.detector, workers: 3 };
  const many = await look(files, { running, config: { ...config, detector } });
  assert.equal(told(many), ['degraded memory-program-workers']);
  assert.match(remedyOf(many) ?? '', /^Set detector\.workers .* lower than 3/);

  const plain = await look(files, { running });
  assert.equal(told(plain), ['degraded memory-program-limit']);
  assert.match(remedyOf(plain) ?? '', /^Set detector\.arena: false/);
});

test('a program above the threshold of the configuration is told what takes most', async () => {
  const files = { ...meminfo(8192, 6000), ...processOf(77, 1, 300), ...processOf(78, 77, 400) };
  const { config } = patientAt('/');
  const thresholds = { ...config.thresholds, maxMemoryUsageMb: 600 };
  const changes = { running: runningAs(77), config: { ...config, thresholds } };
  const findings = await look(files, changes);
  assert.equal(told(findings), ['degraded memory-program-threshold']);
  assert.equal([findings[0]?.values['used'], findings[0]?.values['most']], [700, 600]);
  assert.match(remedyOf(findings) ?? '', /^Set cache\.memoryBytes lower/);
  const enough = { ...changes, config: { ...config, thresholds: { ...thresholds, maxMemoryUsageMb: 0 } } };
  assert.equal(told(await look(files, enough)), ['fine memory-fine']);
});

test('what cannot be read is not known', async () => {
  assert.equal(told(await look({ 'proc/loadavg': '' })), ['unknown memory-unknown']);
});

test.run();
