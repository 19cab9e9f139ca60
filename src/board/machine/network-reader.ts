import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../kernel-files.js';
import { GrowingCount } from './counted.js';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { MachineReader } from './machine-reader.js';

/** Links without a device of their own that are the way out all the same: a modem's. */
const MODEM = /^ppp\d/;
/** What lies on another interface, or leads nowhere, where sysfs does not tell which are real. */
const VIRTUAL =
  /^(lo$|ifb|dummy|docker|br-|bridge|virbr|veth|vnet|tun|tap|bond|team|sit|gre|ip6|wg|tailscale|cni|flannel|cali)/;

/** What went over an interface since the first reading, from /proc/net/dev. */
export interface InterfaceTraffic {
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
  /** Packets, received or to be sent, that were broken. */
  readonly errors: number | null;
  /** Packets that were thrown away for want of room, or since nobody here speaks their protocol. */
  readonly drops: number | null;
}

/** The interfaces that packets leave the device by: virtual ones only carry what passes a real one, and are left out. */
export class NetworkReader implements MachineReader {
  readonly name = 'network';
  /** By name of the interface: `eth0`. */
  readonly traffic = new Map<string, InterfaceTraffic>();
  /** Mbit/s that the link has now; those without a link, or that do not tell, are not in it. */
  speeds: ReadonlyMap<string, number> = new Map();
  readonly #root: string;
  readonly #file: HeldFile;
  readonly #cursor = new TextCursor();
  readonly #counts = new Map<string, InterfaceCounts>();
  #isWatched: (name: string) => boolean = () => false;
  #isOpen = false;

  /** @param root `/`; tests give trees */
  constructor(root: string) {
    this.#root = root;
    this.#file = new HeldFile(join(root, 'proc/net/dev'));
  }

  /** Of all interfaces together; null while there is none. */
  get errors(): number | null {
    let sum: number | null = null;
    for (const { errors } of this.traffic.values()) if (errors !== null) sum = (sum ?? 0) + errors;
    return sum;
  }

  look(): void {
    this.#isOpen = true;
    this.#file.look();
    const folder = join(this.#root, 'sys/class/net');
    const names = namesIn(folder);
    const real = new Set(names.filter((name) => MODEM.test(name) || existsSync(join(folder, name, 'device'))));
    // in a container every interface is virtual
    this.#isWatched = real.size === 0 ? (name) => !VIRTUAL.test(name) : (name) => real.has(name);
    // a driver may ask its device, and that one its link; nobody waits for it
    void readSpeeds(folder, names.filter(this.#isWatched)).then((speeds) => {
      if (this.#isOpen) this.speeds = speeds;
    });
  }

  read(): void {
    const cursor = this.#cursor.over(this.#file.read() ?? '');
    const seen = new Set<string>();
    // two lines of headings
    cursor.nextLine();
    while (cursor.nextLine()) {
      const name = cursor.word(':');
      if (name === '' || !this.#isWatched(name)) continue;
      seen.add(name);
      const counts = this.#counts.get(name) ?? new InterfaceCounts();
      this.#counts.set(name, counts);
      this.traffic.set(name, counts.read(cursor));
    }
    for (const name of this.traffic.keys()) {
      if (seen.has(name)) continue;
      this.traffic.delete(name);
      this.#counts.delete(name);
    }
  }

  close(): void {
    this.#isOpen = false;
    this.#file.close();
    this.traffic.clear();
    this.#counts.clear();
    this.speeds = new Map();
  }
}

class InterfaceCounts {
  readonly #received = new GrowingCount();
  readonly #sent = new GrowingCount();
  readonly #errors = new GrowingCount();
  readonly #drops = new GrowingCount();

  /** @param cursor after the name: bytes, packets, errors, drops and four more, received; then the same, sent */
  read(cursor: TextCursor): InterfaceTraffic {
    const received = cursor.number();
    const [receiveErrors, receiveDrops] = [cursor.skip(1).number(), cursor.number()];
    const sent = cursor.skip(4).number();
    const [sendErrors, sendDrops] = [cursor.skip(1).number(), cursor.number()];
    this.#received.read(received);
    this.#sent.read(sent);
    this.#errors.read(sum(receiveErrors, sendErrors));
    this.#drops.read(sum(receiveDrops, sendDrops));
    return {
      receivedBytes: this.#received.total,
      sentBytes: this.#sent.total,
      errors: this.#errors.total,
      drops: this.#drops.total,
    };
  }
}

async function readSpeeds(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const speeds = new Map<string, number>();
  for (const name of names) {
    // -1, or an error, where there is no link; Wi-Fi does not tell
    const speed = Number(await readFile(join(folder, name, 'speed'), 'latin1').catch(() => ''));
    if (speed > 0) speeds.set(name, speed);
  }
  return speeds;
}

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
