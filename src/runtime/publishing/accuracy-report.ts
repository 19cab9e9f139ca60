import type { HourExperience } from '../../answer/audit/hours-of-day.js';
import type { CameraScene } from '../cameras/camera-scene.js';
import type { DevicePublisher } from './device-publisher.js';

/** It changes slowly, and is among the longest messages. */
const EVERY_MS = 3_600_000;
/** Four decimals, which is more than audits can tell. */
const DECIMALS = 1e4;

/** Tells how good the answers without inference are at each hour of the day. */
export class AccuracyReport {
  /** Unix ms. */
  #toldAt = Number.NEGATIVE_INFINITY;

  /** The next call publishes it, however old the last one is. */
  reset(): void {
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }

  /** Publishes it where the last one is an hour old; to be called more often. `now`: Unix ms. */
  publish(cameras: readonly CameraScene[], publisher: Pick<DevicePublisher, 'report'>, now: number): void {
    // a clock that was set back does not silence it
    if (now >= this.#toldAt && now - this.#toldAt < EVERY_MS) return;
    this.#toldAt = now;
    publisher.report('accuracy', {
      cameras: cameras.map((answering) => ({
        camera: answering.camera,
        hours: answering.hoursOfDay().map(rounded),
      })),
    });
  }
}

function rounded({ hour, audits, f1, propagationF1, wrongReuseRatio }: HourExperience): HourExperience {
  const round = (value: number | null) => (value === null ? null : Math.round(value * DECIMALS) / DECIMALS);
  return {
    hour,
    audits: Math.round(audits * DECIMALS) / DECIMALS,
    f1: round(f1),
    propagationF1: round(propagationF1),
    wrongReuseRatio: round(wrongReuseRatio),
  };
}
