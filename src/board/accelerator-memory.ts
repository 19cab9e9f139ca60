import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { total } from '../foundation/statistics.js';
import { namesIn, textIn } from './kernel-files.js';

const SMI_TIMEOUT_MS = 5000;
const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
/** What drivers call the memory of a client, the best word first: what is there, what older ones say, what it asked for. */
const WORDS = ['drm-resident-', 'drm-memory-', 'drm-total-'] as const;

/**
 * Memory of GPUs and NPUs that processes hold, in bytes: by what the kernel notes beside their open devices (amdgpu, i915, xe,
 * msm, panfrost, panthor, v3d and others), by a Jetson's allocator, or by NVIDIA's tool. null where nothing tells of any.
 *
 * @param pids of the processes, together
 * @param root `/`; tests give trees, of which nothing is run
 */
export async function readAcceleratorBytes(root: string, pids: readonly number[]): Promise<number | null> {
  const told = [
    ...pids.flatMap((pid) => ofOpenDevices(root, pid) ?? []),
    ...(ofJetson(textIn(join(root, 'sys/kernel/debug/nvmap/iovmm/clients')), pids) ?? []),
    ...(root === '/' ? (ofNvidia(await askNvidia(), pids) ?? []) : []),
  ];
  return total(told);
}

/** A device that is open several times is one client, and counts once. */
function ofOpenDevices(root: string, pid: number): number | null {
  const folder = join(root, 'proc', String(pid), 'fdinfo');
  const clients = new Map<string, number>();
  for (const fd of namesIn(folder)) {
    const lines = new Map(
      textIn(join(folder, fd))
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const client = lines.get('drm-client-id');
    if (client !== undefined) clients.set(`${lines.get('drm-pdev') ?? ''} ${client}`, bytesOfClient(lines));
  }
  return total([...clients.values()]);
}

function bytesOfClient(lines: ReadonlyMap<string, string>): number {
  for (const word of WORDS) {
    const regions = [...lines].filter(([key]) => key.startsWith(word));
    if (regions.length > 0) return regions.reduce((sum, [, text]) => sum + bytesOf(text), 0);
  }
  return 0;
}

function bytesOf(text: string): number {
  const [, count = '0', unit = ''] = /^(\d+) ?(\w*)$/.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? 1);
}

/** Lines of `user  NAME  PID  SIZE`, the size as `1234K`; only root may read them. */
function ofJetson(text: string, pids: readonly number[]): readonly number[] | null {
  const rows = [...text.matchAll(/^\s*user\s+\S+\s+(\d+)\s+(\d+)K\s*$/gm)];
  const own = rows.filter(([, pid]) => pids.includes(Number(pid)));
  return own.length === 0 ? null : own.map(([, , kilobytes]) => Number(kilobytes) * 1024);
}

/** Lines of `PID, MiB`. In a container the ids may be those outside: then nothing is known. */
function ofNvidia(text: string, pids: readonly number[]): readonly number[] | null {
  const rows = [...text.matchAll(/^\s*(\d+)\s*,\s*(\d+)\s*$/gm)];
  const own = rows.filter(([, pid]) => pids.includes(Number(pid)));
  return own.length === 0 ? null : own.map(([, , mebibytes]) => Number(mebibytes) * 2 ** 20);
}

async function askNvidia(): Promise<string> {
  try {
    const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: SMI_TIMEOUT_MS });
    return stdout;
  } catch {
    return '';
  }
}
