import type { Log } from '../foundation/log.js';
import type { CameraStatus, MachineStatus, RuntimeStatus } from '../runtime/status.js';

/**
 * Tells the log now and then how a runtime is doing, where there is no terminal to show it on: one line with fields,
 * some hundred bytes per camera.
 */
export class StatusLog {
  readonly #log: Log;
  readonly #intervalS: number;
  #timer: NodeJS.Timeout | null = null;

  /** @param intervalS seconds between two lines; 0: none */
  constructor(log: Log, intervalS: number) {
    this.#log = log;
    this.#intervalS = intervalS;
  }

  start(status: () => RuntimeStatus): void {
    if (this.#intervalS === 0) return;
    this.#timer = setInterval(() => this.#log.info(statusFields(status()), 'status'), this.#intervalS * 1000);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** The fields of a line: rates in frames/s, latencies in ms, null where there is no reading yet. */
export function statusFields({ uptimeS, provider, latencyMs, mqtt, alerts, machine, cameras }: RuntimeStatus) {
  return {
    uptimeS: Math.round(uptimeS),
    provider,
    latencyMs: { p50: rounded(latencyMs.p50), p95: rounded(latencyMs.p95) },
    mqtt: {
      connected: mqtt.broker === null ? null : mqtt.connected,
      queued: mqtt.queued,
      dropped: mqtt.dropped,
      ...(mqtt.problem !== null && { problem: mqtt.problem }),
    },
    ...(alerts.length > 0 && { alerts: alerts.map(({ code }) => code) }),
    machine: machineFields(machine),
    cameras: cameras.map(cameraFields),
  };
}

function machineFields({ cpuPercent, memoryPercent, temperature, throttledBy }: MachineStatus) {
  return {
    cpuPercent: rounded(cpuPercent),
    memoryPercent: rounded(memoryPercent),
    temperature: rounded(temperature),
    ...(throttledBy.length > 0 && { throttledBy }),
  };
}

function cameraFields({
  id,
  tenant,
  state,
  connectionQuality,
  captured,
  inferred,
  vehiclesSeen,
  reusePays,
  ...camera
}: CameraStatus) {
  return {
    id,
    ...(tenant !== undefined && { tenant }),
    state,
    connectionQuality,
    plausibility: camera.plausibility,
    capturedFps: rounded(camera.capturedFps),
    answeredFps: rounded(camera.answeredFps),
    captured,
    inferred,
    dropped: Object.values(camera.dropped).reduce((sum, count) => sum + count, 0),
    vehiclesSeen,
    ...(state !== 'streaming' && camera.lastError !== null && { lastError: camera.lastError }),
  };
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10);
