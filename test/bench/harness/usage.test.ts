import { spawn } from 'node:child_process';
import { test } from 'uvu';
import { UsageSampler } from '../../../bench/harness/usage.js';
import { where } from '../../optional.js';
import { eventually } from '../../temporary.js';

const onLinux = where(process.platform === 'linux', '/proc', test);

onLinux('memory and CPU of a program include its children', async () => {
  const busy = 'for (const end = Date.now() + 3000; Date.now() < end; );';
  const code = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(busy)}])`;
  const child = spawn(process.execPath, ['-e', code], { detached: true });
  const usage = new UsageSampler(child.pid!);
  const began = Date.now();
  usage.start();
  try {
    await eventually('the child used CPU', () => (usage.cpuPer1000([began, Date.now()]) ?? 0) > 0);
    await eventually('both Node processes take memory', () => (usage.peakRss ?? 0) > 40e6);
  } finally {
    usage.stop();
    process.kill(-child.pid!, 'SIGKILL');
  }
});

test.run();
