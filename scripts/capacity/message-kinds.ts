import { readFileSync } from 'node:fs';

/** The messages of one device with one camera in a day, by topic. */
export interface MessageKind {
  readonly topic: string;
  readonly messages: number;
  /** On the wire, each, with its acknowledgement. */
  readonly bytesEach: number;
}

interface WireRow {
  readonly road?: unknown;
  readonly topic?: unknown;
  readonly messages?: unknown;
  readonly bytesEach?: unknown;
}

/**
 * What `npm run -s bench -- wire` counted on a road.
 *
 * @param file bench/results/wire.json, or a run of one's own
 * @param vehicles of the road, a day; one that was counted
 * @throws Error saying what to do where the file is not such a count or has no such road
 */
export function messageKinds(file: string, vehicles: number): MessageKind[] {
  const rows = rowsOf(file);
  const wanted = `${vehicles} vehicles`;
  const roads = [...new Set(rows.map(({ road }) => String(road)))];
  if (!roads.includes(wanted))
    throw new Error(
      `--vehicles: ${file} has roads with ${roads.join(', ').replaceAll(' vehicles', '')} vehicles a day`,
    );
  return rows.flatMap(({ road, topic, messages, bytesEach }) =>
    // the rows of sums have no size of a message
    road === wanted && typeof messages === 'number' && typeof bytesEach === 'number'
      ? [{ topic: String(topic), messages, bytesEach }]
      : [],
  );
}

function rowsOf(file: string): WireRow[] {
  const make = 'make one with npm run -s bench -- wire, and name it with --wire';
  try {
    const { name, rows } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown; rows?: unknown };
    if (name === 'wire' && Array.isArray(rows)) return rows;
  } catch (error) {
    throw new Error(`--wire: ${file} cannot be read (${(error as Error).message}): ${make}`);
  }
  throw new Error(`--wire: ${file} is no count of the messages of a day: ${make}`);
}
