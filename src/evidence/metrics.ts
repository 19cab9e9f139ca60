import { type MetricRow, single } from '../foundation/metric-row.js';
import type { DayRationCounts } from './push/day-ration.js';
import type { PushHealth } from './push/push-queue.js';

/** Why an event that was to have evidence has none. */
export const EVIDENCE_DROP_CAUSES = ['rate', 'busy', 'no-picture', 'disk', 'failed'] as const;
export type EvidenceDropCause = (typeof EVIDENCE_DROP_CAUSES)[number];

/** What one camera brought. */
export interface CameraEvidenceCounts {
  readonly records: number;
  readonly dropped: Readonly<Record<EvidenceDropCause, number>>;
}

/** Of all chains together. */
export interface EvidenceTotals {
  readonly records: number;
  readonly bytes: number;
  readonly removedByAge: number;
  readonly removedByQuota: number;
  /** ms of the thread for candidates, and frames that were looked at, since the start. */
  readonly lookMs: number;
  readonly looked: number;
  /** ms from the latest event to its record on the disk; null before the first. */
  readonly latestMs: number | null;
  /** Pictures that were not handed out because too many were being read, since the start. */
  readonly readsRefused: number;
  /** null where nothing is sent. */
  readonly push: PushHealth | null;
  /** The same. */
  readonly ration: DayRationCounts | null;
}

export interface EvidenceReadings {
  readonly cameras: readonly string[];
  readonly ofCamera: (camera: string) => CameraEvidenceCounts;
  /** null where no evidence is kept. */
  readonly totals: () => EvidenceTotals | null;
}

const SIZE_STEP = 2 ** 16;

/** The metrics of the evidence. */
export function evidenceMetrics({ cameras, ofCamera, totals }: EvidenceReadings): readonly MetricRow[] {
  const of = (read: (all: EvidenceTotals) => number | null) => () => {
    const all = totals();
    return single(all === null ? null : read(all));
  };
  return [
    {
      name: 'evidence_records',
      type: 'counter',
      unit: '',
      labels: ['camera'],
      help: 'Records of evidence that were written, by camera.',
      step: 1,
      mqtt: false,
      *read() {
        for (const camera of cameras) yield [[camera], ofCamera(camera).records];
      },
    },
    {
      name: 'evidence_dropped',
      type: 'counter',
      unit: '',
      labels: ['camera', 'cause'],
      help: `Events without the evidence that they should have, by cause: ${EVIDENCE_DROP_CAUSES.join(', ')}.`,
      step: 1,
      mqtt: false,
      *read() {
        for (const camera of cameras) {
          const { dropped } = ofCamera(camera);
          for (const cause of EVIDENCE_DROP_CAUSES) yield [[camera, cause], dropped[cause]];
        }
      },
    },
    {
      name: 'evidence_kept',
      type: 'gauge',
      unit: '',
      labels: [],
      help: 'Records of evidence on the disk.',
      step: 1,
      read: of(({ records }) => records),
    },
    {
      name: 'evidence_bytes',
      type: 'gauge',
      unit: 'bytes',
      labels: [],
      help: 'What the evidence takes on the disk.',
      step: SIZE_STEP,
      read: of(({ bytes }) => bytes),
    },
    {
      name: 'evidence_removed',
      type: 'counter',
      unit: '',
      labels: ['cause'],
      help: 'Records of evidence that retention removed: for their age, or for want of room (quota).',
      step: 1,
      mqtt: false,
      *read() {
        const all = totals();
        yield [['age'], all?.removedByAge ?? null];
        yield [['quota'], all?.removedByQuota ?? null];
      },
    },
    {
      name: 'evidence_look_time',
      type: 'gauge',
      unit: 'ms',
      labels: [],
      help: 'What looking for the best picture of each vehicle takes per frame, on average since the start.',
      step: 0.001,
      mqtt: false,
      read: of(({ lookMs, looked }) => (looked === 0 ? null : lookMs / looked)),
    },
    {
      name: 'evidence_delay',
      type: 'gauge',
      unit: 'ms',
      labels: [],
      help: 'From the latest event with evidence to its record on the disk, evidence.waitMs included.',
      step: 10,
      mqtt: false,
      read: of(({ latestMs }) => latestMs),
    },
    {
      name: 'evidence_reads_refused',
      type: 'counter',
      unit: '',
      labels: [],
      help: 'Pictures of evidence that were not handed out over HTTP because too many were being read.',
      step: 1,
      mqtt: false,
      read: of(({ readsRefused }) => readsRefused),
    },
    {
      name: 'evidence_waiting',
      type: 'gauge',
      unit: '',
      labels: [],
      help: 'Records of evidence that were not sent yet.',
      step: 1,
      read: of(({ push }) => push?.waiting ?? null),
    },
    {
      name: 'evidence_pushed',
      type: 'counter',
      unit: '',
      labels: ['outcome'],
      help: 'Records of evidence that were sent (sent), refused by the receiver for good (refused), or removed by retention before they were sent (lost).',
      step: 1,
      mqtt: false,
      *read() {
        const push = totals()?.push ?? null;
        for (const outcome of ['sent', 'refused', 'lost'] as const) yield [[outcome], push?.[outcome] ?? null];
      },
    },
    {
      name: 'evidence_rationed',
      type: 'counter',
      unit: '',
      labels: ['how'],
      help: 'What the bytes of the day (evidence.push.dailyMiB) did to evidence that is sent: pictures that had to do with fewer bytes (bounded), pictures that stayed on the device (left-out), records that had to wait (waited).',
      step: 1,
      mqtt: false,
      *read() {
        const ration = totals()?.ration ?? null;
        yield [['bounded'], ration?.bounded ?? null];
        yield [['left-out'], ration?.leftOut ?? null];
        yield [['waited'], ration?.waited ?? null];
      },
    },
  ];
}
