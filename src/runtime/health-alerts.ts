import type { DetectorState } from '../detect/host/supervised-detector.js';
import type { AlertPayload } from '../telemetry/mqtt/messages.js';
import type { CameraStatus } from './status.js';

/** Where alerts go. */
export interface AlertSink {
  alert(code: string, payload: AlertPayload | null): void;
}

const CODES = [
  'detector-unhealthy',
  'camera-lost',
  'accuracy-floor-missed',
  'cache-degraded',
  'cache-set-aside',
] as const;
type Code = (typeof CODES)[number];

/** Raises and clears the alerts about parts that central operations must send somebody for. */
export class HealthAlerts {
  /** Every code that this program raises. */
  static readonly codes: readonly string[] = CODES;
  readonly #sink: AlertSink | null;
  readonly #now: () => number;
  /** Active alerts: since when, and the message last sent. */
  readonly #active = new Map<Code, { since: number; message: string }>();

  /** @param now Unix ms */
  constructor(sink: AlertSink | null, now: () => number) {
    this.#sink = sink;
    this.#now = now;
  }

  /** Looks at all workers: none of them serving any more is an alert, one of several is too. */
  detectors(states: readonly DetectorState[]): void {
    const reasons = states.flatMap((state) => (state.kind === 'unhealthy' ? [state.reason] : []));
    const message = `${reasons.length} of ${states.length} detector workers are unhealthy and tried only now and then: ${reasons[0]}`;
    this.#set(
      'detector-unhealthy',
      reasons.length === 0 ? null : { severity: reasons.length === states.length ? 'critical' : 'warning', message },
    );
  }

  /** Looks at all cameras: those that deliver nothing usable, or were given up, are named in one alert. */
  cameras(cameras: readonly CameraStatus[]): void {
    const lost = cameras.filter(
      ({ state, connectionQuality, lastError }) =>
        state === 'reconnecting' || connectionQuality === 'unusable' || (state === 'ended' && lastError !== null),
    );
    const names = lost.map(({ id, lastError }) => (lastError === null ? id : `${id} (${lastError})`));
    const message = `no usable pictures from ${names.join(', ')}: check the camera, its power and its network`;
    this.#set(
      'camera-lost',
      lost.length === 0 ? null : { severity: lost.length === cameras.length ? 'critical' : 'warning', message },
    );
  }

  /** Cameras whose answers miss the accuracy floor whatever is inferred: every frame is inferred then. */
  accuracy(failing: readonly { readonly camera: string; readonly reason: string }[]): void {
    const names = failing.map(({ camera, reason }) => `${camera} (${reason})`).join(', ');
    this.#set(
      'accuracy-floor-missed',
      failing.length === 0
        ? null
        : {
            severity: 'warning',
            message: `answers without inference do not keep answer.accuracyFloor at ${names}: every frame is inferred there; lower the floor, or give the device fewer cameras or frames`,
          },
    );
  }

  /**
   * The disk tier of the cache cannot be used, or can again.
   *
   * @param reason null: it works
   * @param file where its database is or should be
   */
  cacheDegraded(reason: string | null, file: string): void {
    const message = `the disk tier of the cache is out of order (${reason}): memory goes on, but what is new is lost at a restart; check that ${file} and its folder can be written and the disk has room`;
    this.#set('cache-degraded', reason === null ? null : { severity: 'warning', message });
  }

  /** A corrupt file of the cache was renamed to `file` and a new one begun: told until the program starts again. */
  cacheSetAside(file: string): void {
    const message = `the file of the cache was corrupt; it was set aside as ${file} and a new one begun: check the disk, and delete the file when nobody needs it`;
    this.#set('cache-set-aside', { severity: 'warning', message });
  }

  #set(code: Code, found: { severity: AlertPayload['severity']; message: string } | null): void {
    const active = this.#active.get(code);
    if (found === null) {
      if (active && this.#active.delete(code)) this.#sink?.alert(code, null);
      return;
    }
    const message = found.message.slice(0, 1000);
    if (active?.message === message) return;
    const since = active?.since ?? this.#now();
    this.#active.set(code, { since, message });
    this.#sink?.alert(code, { severity: found.severity, message, since });
  }
}
