import { closeSync, openSync, writeSync } from 'node:fs';
import { linesOf } from './lines.js';
import type { BirthTruth, DeviceTruth, KeptMessage } from './simulated-device.js';

/** Writes what must be known of a fleet, a line of JSON per device. */
export function writeTruth(file: string, truths: Iterable<DeviceTruth>): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const { arrived, values, births, alerts, ...truth } of truths) {
      const lists = { arrived: [...arrived], values: [...values], births: [...births], alerts: [...alerts] };
      writeSync(descriptor, `${JSON.stringify({ ...truth, ...lists })}\n`);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What `writeTruth` wrote, a device at a time. */
export function* readTruth(file: string): Generator<DeviceTruth> {
  for (const line of linesOf(file)) {
    const { arrived, values, births, alerts, ...truth } = JSON.parse(line);
    yield {
      ...truth,
      arrived: new Map<string, KeptMessage>(arrived),
      values: new Map<string, string>(values),
      births: new Map<string, BirthTruth>(births),
      alerts: new Set<string>(alerts),
    };
  }
}
