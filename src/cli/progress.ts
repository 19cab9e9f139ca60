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

/** A bar for work of known steps, with what is being done and the time left. */
export interface WorkBar {
  update(progress: { done: number; most: number; leftMs: number; current: string }): void;
  stop(): void;
}

/** As `progressBar`: on stderr, and only where that is a terminal. */
export function workBar(label: string): WorkBar {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const format = `${label} {bar} {percentage} % | {left} left | {current}`;
  const options = { format, stream: process.stderr, hideCursor: true, clearOnComplete: true };
  const bar = new SingleBar(options, Presets.shades_classic);
  let started = false;
  return {
    update({ done, most, leftMs, current }) {
      const payload = { left: timeLeft(leftMs), current };
      if (!started) bar.start(most, done, payload);
      else bar.update(done, payload);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/** A line that counts, for work of which nobody knows how long it will be. */
export interface CountingLine {
  update(count: number): void;
  /** Takes the line away. */
  stop(): void;
}

/** As `progressBar`: on stderr, and only where that is a terminal. @param what is counted, as in `pictures tried: 3` */
export function countingLine(what: string): CountingLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  return {
    update: (count) => void stderr.write(`\r${what}: ${count}`),
    stop: () => void stderr.write('\r\x1b[2K'),
  };
}

/** `45 s`, `12 min`. */
export function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
