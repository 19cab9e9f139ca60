import type { CameraScene } from '../cameras/camera-scene.js';
import type { BothClocks } from '../commands/order-terms.js';
import { AccuracyReport } from './accuracy-report.js';
import type { DevicePublisher } from './device-publisher.js';

const TOLERANCE_MS = 100;

/** What one publisher tells now and then: what it is, its metrics, and how good the answers of its cameras are. */
export class PublisherNews {
  readonly #publisher: DevicePublisher;
  readonly #fullIntervalMs: number;
  readonly #accuracy = new AccuracyReport();
  /** ms on a clock that only goes forward. */
  #metricsAt = Number.NEGATIVE_INFINITY;
  #allMetricsAt = Number.NEGATIVE_INFINITY;

  /** @param fullIntervalMs ms after which all metrics are told for the broker to keep */
  constructor(publisher: DevicePublisher, fullIntervalMs: number) {
    this.#publisher = publisher;
    this.#fullIntervalMs = fullIntervalMs;
  }

  /**
   * Tells what is due; to be called more often.
   *
   * @param scenes of its cameras
   * @param intervalMs between two messages of metrics
   */
  tell(scenes: readonly CameraScene[], intervalMs: number, now: BothClocks): void {
    this.#publisher.tellStatus();
    this.#publisher.lookAtBroker();
    this.#tellMetrics(intervalMs, now.steady);
    this.#accuracy.publish(scenes, this.#publisher, now.wall);
  }

  /** The next call tells the report on accuracy, however old the last one is. */
  reportAnew(): void {
    this.#accuracy.reset();
  }

  /** Tells how its messages fare, and all metrics. @returns how many metrics there are */
  tellAll(): number {
    this.#publisher.reportDelivery();
    return this.#publisher.tellAllMetrics();
  }

  #tellMetrics(intervalMs: number, now: number): void {
    const isDue = now - this.#allMetricsAt >= this.#fullIntervalMs;
    if (isDue && this.#publisher.keepAllMetrics()) this.#allMetricsAt = now;
    // a timer may be a little early
    if (now - this.#metricsAt < intervalMs - TOLERANCE_MS) return;
    this.#metricsAt = now;
    this.#publisher.tellMetrics();
  }
}
