import { Presets, SingleBar } from 'cli-progress';

/** A progress bar in bytes; `stop` leaves the line as it is. */
export interface ProgressBar {
  /** @param total null where it is not known */
  update(received: number, total: number | null): void;
  stop(): void;
}

/** Draws on stderr, and only where that is a terminal: elsewhere it says nothing. */
export function progressBar(label: string): ProgressBar {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const format = `${label} {bar} {percentage} % | {received} of {size} MB | {eta_formatted}`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  let started = false;
  return {
    update(received, total) {
      const payload = { received: megabytes(received), size: total === null ? '?' : megabytes(total) };
      if (!started) bar.start(total ?? 0, received, payload);
      else bar.update(received, payload);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
