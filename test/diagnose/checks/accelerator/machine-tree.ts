import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../temporary.js';

const IS_ROOT = process.getuid!() === 0;
/** Of the nodes that are forbidden: `render`. */
export const GROUP = IS_ROOT ? 44 : process.getgid!();

let count = 0;
const folder = temporaryFolder('accelerator-trees');

/** The files that an accelerator's driver shows, laid down as on a machine that has it. */
export class MachineTree {
  readonly root = join(folder, `${count++}`);

  /** @param files path → text */
  constructor(files: Readonly<Record<string, string>> = {}) {
    mkdirSync(this.root);
    this.add(files);
  }

  add(files: Readonly<Record<string, string>>): this {
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.root, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return this;
  }

  /** A graphics card in a slot. @param driver that has it; null: none */
  card(vendor: string, driver: string | null): this {
    const slot = 'sys/bus/pci/devices/0000:01:00.0';
    this.add({ [`${slot}/vendor`]: `${vendor}\n`, [`${slot}/class`]: '0x030000\n' });
    if (driver !== null) symlinkSync(`../../drivers/${driver}`, join(this.root, slot, 'driver'));
    return this;
  }

  /** NVIDIA's module and its nodes. */
  nvidia(version = '550.90.07', nodes: readonly string[] = ['nvidia0', 'nvidiactl', 'nvidia-uvm']): this {
    this.add({
      'proc/driver/nvidia/version': `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Fri May 31 09:35:42 UTC 2024\n`,
      'proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA GeForce RTX 3060\n',
    });
    this.add(Object.fromEntries(nodes.map((node) => [`dev/${node}`, ''])));
    // as the driver makes them
    for (const node of nodes) chmodSync(join(this.root, 'dev', node), 0o666);
    return this;
  }

  /** Nodes that nobody but their owner and group may open, and a service that is in neither. */
  forbid(...nodes: readonly string[]): this {
    for (const node of nodes) {
      chmodSync(join(this.root, node), 0o660);
      // root's own group is none that a user is put in
      if (IS_ROOT) chownSync(join(this.root, node), 0, GROUP);
    }
    return this.add({
      'etc/passwd':
        'root:x:0:0:root:/root:/bin/sh\nedge-optimizer:x:4998:4998::/var/lib/edge-optimizer:/usr/sbin/nologin\n',
      'etc/group': `render:x:${GROUP}:\nedge-optimizer:x:4998:\n`,
    });
  }
}
