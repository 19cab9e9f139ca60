import { type MetricRow, single } from '../../foundation/metric-row.js';
import type { CompressionCounts } from './counts.js';
import { COMPRESSED_FORMATS } from './wish.js';

/** The metrics of compressing pictures. @param effort 0..3 */
export function compressionMetrics(counts: CompressionCounts, effort: () => number): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'compressed_pictures',
      unit: 'pictures',
      labels: ['format'],
      step: 1,
      mqtt: false,
      help: `Pictures compressed to a size or a likeness, by what they were compressed as: ${COMPRESSED_FORMATS.join(', ')}.`,
      *read() {
        for (const format of COMPRESSED_FORMATS) yield [[format], counts.byFormat[format]];
      },
    },
    {
      type: 'counter',
      name: 'compressed_at_once',
      unit: 'pictures',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Of the compressed pictures, those that were as wished in one encode.',
      read: () => single(counts.atOnce),
    },
    {
      type: 'counter',
      name: 'compressed_size',
      unit: 'bytes',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Bytes of all compressed pictures.',
      read: () => single(counts.bytes),
    },
    {
      type: 'counter',
      name: 'compression_time',
      unit: 'ms',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Time that compressing took, from the pixels of each picture to its file.',
      read: () => single(counts.ms),
    },
    {
      type: 'gauge',
      name: 'compression_effort',
      unit: '',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'How much of a core a picture may cost, 0 to 3; the optimization `compression` moves it.',
      read: () => single(effort()),
    },
  ];
}
