import { machine } from 'node:os';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';
import { libcName } from './node.js';

/** What Node is made for: ONNX Runtime has libraries for these alone, and for glibc alone. */
const ARCHITECTURES = ['x64', 'arm64'];

/** What a check of the platform looks at. */
export interface Platform {
  /** `arm64`: of Node. */
  readonly arch: string;
  /** `aarch64`: of the kernel. */
  readonly kernel: string;
  /** `glibc 2.36`, or `musl`. */
  readonly libc: string;
  /** `linux` */
  readonly system: string;
}

/** Whether ONNX Runtime can be loaded on what this machine is. */
export const platformCheck = (platform: () => Platform = thisPlatform): Check => ({
  ground: 'system',
  name: 'platform',
  deadlineMs: 1000,
  async run() {
    const { arch, kernel, libc, system } = platform();
    if (system !== 'linux') return [];
    if (!ARCHITECTURES.includes(arch)) {
      const isWide = /^(x86_64|aarch64)$/.test(kernel);
      return [found('broken', isWide ? 'platform-32-bit-node' : 'platform-unsupported', { arch, kernel })];
    }
    if (libc === 'musl') return [found('broken', 'platform-musl')];
    return [found('fine', 'platform-fine', { kernel, libc })];
  },
});

const thisPlatform = (): Platform => ({
  arch: process.arch,
  kernel: machine(),
  libc: process.platform === 'linux' ? libcName() : '',
  system: process.platform,
});
