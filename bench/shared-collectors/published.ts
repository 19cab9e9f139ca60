/*
 * What the publisher sends, by its rules, and how a database differs from it: devices send in turn, each a birth first, and of seven messages
 * four are events, two metrics and one counts. Pure.
 */

/** Tables that it fills. */
export const PUBLISHED_TABLES = ['events', 'metrics', 'traffic'] as const;
export type PublishedTable = (typeof PUBLISHED_TABLES)[number];

/** Numbers of the messages of a device, by table: those of the stream, of metrics those of the connection. */
export type DeviceNumbers = Readonly<Record<PublishedTable, readonly number[]>>;

/** @param index of the device @param devices of all of them @param sent messages of all of them, births included */
export function publishedOf(index: number, devices: number, sent: number): DeviceNumbers {
  const numbers: Record<PublishedTable, number[]> = { events: [], metrics: [], traffic: [] };
  const messages = Math.ceil((sent - index) / devices);
  // the birth has the first one
  for (let seq = 1, n = 0; seq < messages; seq++) {
    const turn = (index + seq - 1) % 7;
    if (turn === 2 || turn === 5) numbers.metrics.push(seq);
    else numbers[turn === 6 ? 'traffic' : 'events'].push(++n);
  }
  return numbers;
}

/** How what is there of a device differs from what was published. */
export interface NumbersDifference {
  readonly lost: number;
  readonly doubles: number;
  readonly unknown: number;
}

/** @param there as they lie in the database, in whatever order */
export function numbersDifference(published: DeviceNumbers, there: DeviceNumbers): NumbersDifference {
  let [lost, doubles, unknown] = [0, 0, 0];
  for (const table of PUBLISHED_TABLES) {
    const wanted = new Set(published[table]);
    const found = new Set(there[table]);
    doubles += there[table].length - found.size;
    for (const n of wanted) if (!found.has(n)) lost++;
    for (const n of found) if (!wanted.has(n)) unknown++;
  }
  return { lost, doubles, unknown };
}
