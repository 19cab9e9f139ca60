import { type MetricRow, type NumberMetric, type Reading, single } from '../../../foundation/metric-row.js';
import type { DiskActivity } from '../disk-reader.js';
import type { DiskSpace } from '../disk-space-reader.js';
import type { Machine } from '../machine.js';

/** 16 MiB, so that a log that grows is no news. */
const SPACE_STEP = 2 ** 24;

/** Space, what disks do, and how worn they are. */
export function diskRows({ disks, diskSpace }: Machine): readonly MetricRow[] {
  function* space(value: (space: DiskSpace) => number | null): Iterable<Reading<number>> {
    for (const [place, left] of diskSpace.space) yield [[place], left === null ? null : value(left)];
  }
  function* activity(value: (activity: DiskActivity) => number | null): Iterable<Reading<number>> {
    for (const [disk, done] of disks.activity) yield [[disk], value(done)];
  }
  const ofPlace = { type: 'gauge', labels: ['place'] } as const;
  const ofDisk = { labels: ['disk'], mqtt: false } as const;
  return [
    {
      ...ofPlace,
      name: 'machine_disk_free',
      unit: 'bytes',
      step: SPACE_STEP,
      help: 'Bytes that the program may still write where its data lie (store: `store.dir`) and on the root file system.',
      read: () => space(({ freeBytes }) => freeBytes),
    },
    {
      ...ofPlace,
      name: 'machine_disk_used',
      unit: '%',
      step: 1,
      mqtt: false,
      help: 'Share of the space there that is used, as df counts it.',
      read: () => space(({ usedPercent }) => usedPercent),
    },
    {
      ...ofPlace,
      name: 'machine_inodes_free',
      unit: 'files',
      step: 1000,
      mqtt: false,
      help: 'Files that may still be made there; no reading where the file system does not count them.',
      read: () => space(({ freeFiles }) => freeFiles),
    },
    counter('machine_disk_read', 'Bytes read from a disk since the program started.', () =>
      activity(({ readBytes }) => readBytes),
    ),
    counter('machine_disk_written', 'Bytes written to a disk since the program started.', () =>
      activity(({ writtenBytes }) => writtenBytes),
    ),
    {
      ...ofDisk,
      type: 'gauge',
      name: 'machine_disk_busy',
      unit: '%',
      step: 1,
      help: 'Share of the last second in which a disk had something to do.',
      read: () => activity(({ busyPercent }) => busyPercent),
    },
    {
      type: 'gauge',
      name: 'machine_disk_wear',
      unit: '%',
      labels: [],
      step: 1,
      help: 'How much of its life the most worn disk says is used, at most, in steps of 10; eMMC and UFS tell, SD cards do not.',
      read: () => single(disks.wear.size === 0 ? null : Math.max(...disks.wear.values())),
    },
  ];
}

const counter = (name: string, help: string, read: NumberMetric['read']): NumberMetric => ({
  type: 'counter',
  name,
  unit: 'bytes',
  labels: ['disk'],
  step: 1,
  mqtt: false,
  help,
  read,
});
