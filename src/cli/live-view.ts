import { createLogUpdate } from 'log-update';
import type { CameraStatus, RuntimeStatus } from '../runtime/status.js';
import { crossings } from './summary.js';

const REDRAW_MS = 500;

/** Shows a running runtime to a person at a terminal: redrawn in place. */
export class LiveView {
  readonly #status: () => RuntimeStatus;
  readonly #redraw: ReturnType<typeof createLogUpdate>;
  #timer: NodeJS.Timeout | null = null;

  constructor(status: () => RuntimeStatus, terminal: NodeJS.WriteStream) {
    this.#status = status;
    this.#redraw = createLogUpdate(terminal);
  }

  start(): void {
    this.#timer = setInterval(() => this.#redraw(render(this.#status())), REDRAW_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#redraw.done();
  }
}

/** The view as text: a head line about the whole, then a line per camera. */
export function render(status: RuntimeStatus): string {
  const width = Math.max(6, ...status.cameras.map((camera) => camera.id.length));
  return [headLine(status), ...status.cameras.map((camera) => cameraLine(camera, width))].join('\n');
}

function headLine(status: RuntimeStatus): string {
  const broker =
    status.mqtt.broker === null
      ? 'no broker'
      : `${status.mqtt.connected ? 'mqtt' : 'mqtt offline,'} ${status.mqtt.broker}`;
  return [
    `${status.model} ${status.variant}`,
    `on ${status.provider ?? '…'}`,
    latency(status),
    broker,
    `up ${Math.round(status.uptimeS)} s`,
  ].join(' · ');
}

function latency({ latencyMs: { p50, p95 } }: RuntimeStatus): string {
  return `latency p50 ${ms(p50)} p95 ${ms(p95)}`;
}

function cameraLine(camera: CameraStatus, width: number): string {
  const dropped = Object.entries(camera.dropped).filter(([, count]) => count > 0);
  const parts = [
    `  ${camera.id.padEnd(width)}`,
    `${fps(camera.answeredFps)} of ${fps(camera.capturedFps)} fps`,
    spared(camera.answered),
    vehicles(camera.vehicles).padEnd(24),
    `seen ${camera.vehiclesSeen}`,
    ...crossings(camera.lines),
    ...occupied(camera.zones),
    dropped.length > 0 ? `dropped ${dropped.map(([cause, count]) => `${count} ${cause}`).join(', ')}` : 'no drops',
    camera.state === 'streaming' ? camera.connectionQuality : camera.state,
  ];
  if (camera.lastError !== null && camera.state === 'reconnecting') parts.push(camera.lastError);
  return parts.join('  ');
}

/** Share of the answers that took no inference. */
function spared(answered: CameraStatus['answered']): string {
  const total = Object.values(answered).reduce((sum, count) => sum + count, 0);
  const share = total === 0 ? null : 100 * (1 - answered.inferred / total);
  return `${share === null ? '–' : share.toFixed(0)} % without inference`;
}

function vehicles(counts: Readonly<Record<string, number>>): string {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  return present.length > 0 ? present.map(([name, count]) => `${count} ${name}`).join(', ') : 'no vehicle';
}

function occupied(zones: CameraStatus['zones']): string[] {
  return Object.entries(zones).map(([zone, vehicles]) => `${vehicles} in ${zone}`);
}

const fps = (value: number | null): string => (value === null ? '–' : value.toFixed(1)).padStart(5);
const ms = (value: number | null): string =>
  value === null ? '–' : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
