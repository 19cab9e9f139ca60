import type { FleetMessage } from '../inbound/inspection.js';
import type { BirthKey, FleetDevice, ReportedStreams } from '../store/fleet-store.js';
import { nextClockOffset } from './clock-offset.js';

/** Told at once: what lies between made and received is the way, and the clock. */
const PROMPT: ReadonlySet<string> = new Set(['status', 'metrics', 'event']);

/** What a device said of itself last, and whether that is to be written. */
export class DeviceRecord {
  readonly device: FleetDevice;
  #isChanged = false;

  constructor(device: FleetDevice) {
    this.device = device;
  }

  /** Something new came. */
  heard(message: FleetMessage): void {
    const { name, body, retained, waited, receivedAt } = message;
    this.livedAt(message);
    if (!PROMPT.has(name) || retained || waited || body.historical === true || !this.isPresent()) return;
    this.device.clock = nextClockOffset(this.device.clock, body.ts, receivedAt);
  }

  /** What is heard as it is sent is the newest, also where this machine's own clock was set back. */
  livedAt(message: FleetMessage): void {
    const at = heardAtOf(message);
    this.device.heardAt = message.retained ? Math.max(this.device.heardAt, at) : at;
    this.#isChanged = true;
  }

  /** What the latest birth says. */
  born({ body, retained }: FleetMessage, { bdSeq, ts }: BirthKey): void {
    const { device } = this;
    const boot = body.boot ?? null;
    if (device.boot !== boot && !retained) device.clock = null;
    device.bdSeq = bdSeq;
    device.birthTs = ts;
    device.boot = boot;
    // a birth that was too large for the broker leaves out what did not change
    for (const key of ['version', 'model', 'variant', 'provider'] as const)
      if (body[key] !== undefined) device[key] = body[key] as string | null;
    device.tenant = (body['tenant'] as string | undefined) ?? null;
    this.isOnline();
  }

  isOnline(): void {
    this.#setOnline(true, null);
  }

  /** A connection ended. @returns false where a later one is known already @param reason null: without a word */
  ended(bdSeq: number, boot: string | null, reason: string | null): boolean {
    const { device } = this;
    if (device.bdSeq !== null && bdSeq < device.bdSeq) return false;
    if (device.bdSeq !== bdSeq) {
      device.bdSeq = bdSeq;
      device.birthTs = null;
      device.boot = boot;
    }
    this.#setOnline(false, reason);
    return true;
  }

  /** Messages come after this birth from now on. */
  goUnder({ bdSeq, ts }: BirthKey): void {
    if (this.device.under?.bdSeq === bdSeq && this.device.under.ts === ts) return;
    this.device.under = { bdSeq, ts };
    this.#isChanged = true;
  }

  /** @param reported as it was, where there is no news */
  told(reported: ReportedStreams | null): void {
    if (reported === this.device.reported) return;
    this.device.reported = reported;
    this.#isChanged = true;
  }

  /** Whether what comes is of the latest birth, not of the past. */
  isPresent(): boolean {
    const { under, bdSeq, birthTs } = this.device;
    return under !== null && under.bdSeq === bdSeq && under.ts === birthTs;
  }

  /** What is to be written since it was asked last, as it is now. */
  changes(): FleetDevice | null {
    const changes = this.#isChanged ? { ...this.device } : null;
    this.#isChanged = false;
    return changes;
  }

  #setOnline(online: boolean, reason: string | null): void {
    const { device } = this;
    if (device.online === online && device.reason === reason) return;
    device.online = online;
    device.reason = reason;
    this.#isChanged = true;
  }
}

/** Unix ms at which a device lived: what a broker had kept says when it was made, as far as its clock is right. */
export const heardAtOf = ({ retained, receivedAt, body }: FleetMessage): number =>
  retained ? Math.min(receivedAt, body.ts) : receivedAt;
