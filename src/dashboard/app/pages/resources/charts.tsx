import type { HappeningsReply } from '../../../api/happenings.js';
import { labelsOf, type Several, seriesOf, timesOf, together } from '../../data/several.ts';
import { Card } from '../../kit/card.tsx';
import { Chart, type Line } from '../../kit/chart.tsx';
import { marksOf, throttledSpans } from '../../kit/happenings.tsx';
import { chooseTime } from '../../kit/time-window.tsx';
import { bytes, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { megahertz } from '../performance/slow-times.tsx';
import { resourcesWords } from './words.ts';

/** What the charts of the page are drawn of. */
export const RESOURCE_METRICS = [
  'machine_cpu',
  'machine_cpu_mode',
  'machine_cpu_core',
  'machine_pressure',
  'machine_memory',
  'machine_swap',
  'machine_temperature',
  'machine_throttle_temperature',
  'machine_cpu_clock',
  'machine_cpu_clock_limit',
  'machine_power',
  'machine_disk_read_bytes',
  'machine_disk_written_bytes',
  'machine_interface_received_bytes',
  'machine_interface_sent_bytes',
  'process_cpu',
  'resident_memory',
];

const MOST_LINES = 8;
const share = (value: number): string => withUnit(value, '%');
const celsius = (value: number): string => withUnit(value, '°C');
const watts = (value: number): string => withUnit(value, 'W', 1);
const rate = (value: number): string => `${bytes(value)}/s`;
const colourOf = (index: number): number => (index % 6) + 1;

interface ChartsProps {
  readonly data: Several;
  readonly happenings: HappeningsReply | null;
}

/** How everything was used over the time that is chosen. */
export function ResourceCharts({ data, happenings }: ChartsProps) {
  const words = useWords(resourcesWords);
  const one = (metric: string, labels: Readonly<Record<string, string>> = {}, how: 'max' | 'sum' = 'max') =>
    together(seriesOf(data, metric, labels), how);
  const each = (
    metric: string,
    label: string,
    name: (value: string) => string,
    kind?: Line['kind'],
    from = 0,
  ): Line[] =>
    labelsOf(data, metric, label)
      .slice(0, MOST_LINES)
      .map((value, index) => ({
        label: name(value),
        values: one(metric, { [label]: value }),
        colour: colourOf(from + index),
        ...(kind && { kind }),
      }));
  const mode = (name: 'user' | 'system' | 'iowait' | 'steal', colour: number): Line => ({
    label: words[name],
    values: one('machine_cpu_mode', { mode: name }),
    colour,
  });
  const charts = [
    {
      title: words.cpuTitle,
      hint: words.cpuHint,
      lines: [
        { label: words.busy, values: one('machine_cpu'), colour: 1 },
        mode('user', 3),
        mode('system', 2),
        mode('iowait', 6),
        mode('steal', 5),
      ],
      format: share,
    },
    { title: words.coresTitle, lines: each('machine_cpu_core', 'core', words.core), format: share },
    {
      title: words.heatTitle,
      lines: [
        { label: words.warmest, values: one('machine_temperature'), colour: 5 },
        { label: words.limit, values: one('machine_throttle_temperature'), colour: 6, kind: 'dashed' as const },
      ],
      format: celsius,
      none: words.heatNone,
    },
    {
      title: words.clockTitle,
      hint: words.clockHint,
      lines: [
        ...each('machine_cpu_clock', 'cluster', (cluster) => cluster),
        ...each('machine_cpu_clock_limit', 'cluster', words.mayBe, 'dashed', 3),
      ],
      format: megahertz,
      none: words.clockNone,
    },
    {
      title: words.memoryTitle,
      lines: [
        { label: words.memoryUsed, values: one('machine_memory'), colour: 1 },
        { label: words.swapUsed, values: one('machine_swap'), colour: 2 },
      ],
      format: share,
    },
    {
      title: words.pressureTitle,
      hint: words.pressureHint,
      lines: (['cpu', 'memory', 'io'] as const).map((resource, index) => ({
        label: { cpu: words.processor, memory: words.memory, io: words.io }[resource],
        values: one('machine_pressure', { resource }),
        colour: index + 1,
      })),
      format: share,
      none: words.pressureNone,
    },
    {
      title: words.powerTitle,
      lines: [{ label: words.board, values: one('machine_power'), colour: 4 }],
      format: watts,
      none: words.powerChartNone,
    },
    {
      title: words.diskTitle,
      lines: [
        { label: words.read, values: one('machine_disk_read_bytes', {}, 'sum'), colour: 1 },
        { label: words.written, values: one('machine_disk_written_bytes', {}, 'sum'), colour: 2 },
      ],
      format: rate,
      none: words.diskNone,
    },
    {
      title: words.networkTitle,
      hint: words.networkHint,
      lines: [
        { label: words.received, values: one('machine_interface_received_bytes', {}, 'sum'), colour: 1 },
        { label: words.sent, values: one('machine_interface_sent_bytes', {}, 'sum'), colour: 2 },
      ],
      format: rate,
      none: words.networkNone,
    },
    {
      title: words.processCpuTitle,
      hint: words.processCpuHint,
      lines: each('process_cpu', 'process', (name) => name),
      format: share,
    },
    { title: words.processMemoryTitle, lines: each('resident_memory', 'process', (name) => name), format: bytes },
  ];
  const times = timesOf(data);
  const around = { marks: marksOf(happenings), spans: throttledSpans(happenings), onChoose: chooseTime };
  return (
    <div class="cards">
      {charts.map(({ title, hint, lines, format, none }) => {
        const read = lines.filter(({ values }) => values.some((value) => value !== null));
        return (
          <Card key={title} title={title} hint={hint}>
            {read.length === 0 ? (
              <p>{none ?? words.noneKept}</p>
            ) : (
              <Chart label={title} times={times} lines={read} format={format} {...around} />
            )}
          </Card>
        );
      })}
    </div>
  );
}
