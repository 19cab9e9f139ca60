import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from './lines.js';
import type { SentMessage } from './sent-message.js';
import type { DeviceTruth } from './simulated-device.js';
import { dayOf, type FleetPlan } from './simulated-fleet.js';
import { readTruth, writeTruth } from './truth-file.js';

const BUCKET_MS = 600_000;

/** What a fleet sends, on the medium: ten minutes of it are in memory. */
export interface StreamedFleet {
  /** How many messages there are. */
  readonly count: number;
  /** In the order of their arrival. */
  messages(): Generator<SentMessage>;
  /** A device at a time. */
  truths(): Generator<DeviceTruth>;
}

/** As `simulatedFleet`, message by message the same; one device is simulated at a time. @param folder where files may lie meanwhile */
export function streamedFleet(plan: FleetPlan, folder: string): StreamedFleet {
  const buckets = new Set<number>();
  const fileOf = (bucket: number): string => join(folder, `messages-${bucket}.jsonl`);
  const truthFile = join(folder, 'truth.jsonl');
  let count = 0;
  const days = function* (): Generator<DeviceTruth> {
    for (let index = 0; index < plan.devices; index++) {
      const { messages, truth } = dayOf(plan, index);
      const lines = new Map<number, string[]>();
      for (const message of messages) {
        const bucket = Math.floor((message.at - plan.from) / BUCKET_MS);
        const list = lines.get(bucket) ?? [];
        list.push(`${JSON.stringify(message)}\n`);
        lines.set(bucket, list);
      }
      for (const [bucket, list] of lines) {
        buckets.add(bucket);
        appendFileSync(fileOf(bucket), list.join(''));
      }
      count += messages.length;
      yield truth;
    }
  };
  writeTruth(truthFile, days());
  return {
    count,
    *messages() {
      for (const bucket of [...buckets].sort((a, b) => a - b)) {
        const messages = [...linesOf(fileOf(bucket))].map((line) => JSON.parse(line) as SentMessage);
        // stable: what one device sent at one time stays in its order
        yield* messages.sort((a, b) => a.at - b.at);
      }
    },
    truths: () => readTruth(truthFile),
  };
}
