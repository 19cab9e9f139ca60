import { cpus, release, totalmem } from 'node:os';

/** What the numbers were measured on. */
export function machine(): Record<string, string | number> {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? process.arch,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    arch: process.arch,
    os: `${process.platform} ${release()}`,
    node: process.versions.node,
  };
}
