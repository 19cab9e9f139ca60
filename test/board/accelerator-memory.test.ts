import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readAcceleratorBytes } from '../../src/board/accelerator-memory.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('accelerator-memory');
const MIB = 2 ** 20;

function tree(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** As the kernel's documentation of DRM client usage stats writes it. */
const AMDGPU = `pos:\t0
flags:\t02100002
drm-driver:\tamdgpu
drm-client-id:\t27
drm-pdev:\t0000:0b:00.0
drm-total-vram:\t300 MiB
drm-resident-vram:\t262144 KiB
drm-resident-gtt:\t4096 KiB
drm-memory-vram:\t262144 KiB
`;

test('what the kernel notes beside open devices is summed over regions and processes, each client once', async () => {
  const root = tree('amdgpu', {
    'proc/100/fdinfo/3': AMDGPU,
    'proc/100/fdinfo/4': AMDGPU,
    'proc/100/fdinfo/5': 'pos:\t0\nflags:\t02\n',
    'proc/101/fdinfo/9': AMDGPU.replace('\t27', '\t28'),
  });
  assert.is(await readAcceleratorBytes(root, [100]), 260 * MIB);
  assert.is(await readAcceleratorBytes(root, [100, 101]), 520 * MIB);
});

test('older drivers say what is there by another word, and some only what was asked for', async () => {
  const root = tree('older', {
    'proc/7/fdinfo/3': 'drm-client-id: 1\ndrm-memory-vram: 2048 KiB\ndrm-memory-gtt: 0 KiB\n',
    'proc/8/fdinfo/3': 'drm-driver: v3d\ndrm-client-id: 4\ndrm-total-memory: 3145728\n',
  });
  assert.is(await readAcceleratorBytes(root, [7]), 2 * MIB);
  assert.is(await readAcceleratorBytes(root, [8]), 3 * MIB);
});

test("a Jetson's allocator tells by process", async () => {
  const clients = `CLIENT                        PROCESS      PID        SIZE
user                        gnome-shell     5000      20480K
user                      edge-detector     6000     102400K
total                                                122880K
`;
  const root = tree('jetson', { 'sys/kernel/debug/nvmap/iovmm/clients': clients });
  assert.is(await readAcceleratorBytes(root, [6000]), 100 * MIB);
  assert.is(await readAcceleratorBytes(root, [6001]), null);
});

test('where nothing tells, nothing is known: it is not 0', async () => {
  assert.is(await readAcceleratorBytes(tree('none', { 'proc/1/fdinfo/0': 'pos:\t0\n' }), [1]), null);
});

test.run();
