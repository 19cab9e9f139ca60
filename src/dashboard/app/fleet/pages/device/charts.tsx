import { useMemo } from 'preact/hooks';
import type { SeriesReply } from '../../../../../collector/api/overview-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { Card } from '../../../kit/card.tsx';
import { Chart, type Line } from '../../../kit/chart.tsx';
import { Answered } from '../../../kit/state.tsx';
import { chooseTime, useTimeWords } from '../../../kit/time-window.tsx';
import { number, percent, withUnit } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { deviceFleetWords } from './words.ts';

const EVERY_MS = 30_000;
const COLOURS = 6;
const FAMILIES = [
  'fps_captured',
  'fps_inferred',
  'latency_p95',
  'estimated_f1',
  'machine_cpu',
  'machine_memory',
  'machine_temperature',
  'machine_power',
  'vehicles',
];

/** What the device measured over the time that is chosen. */
export function DeviceCharts({ path }: { readonly path: string }) {
  const words = useWords(deviceFleetWords);
  const asked = useApi<SeriesReply>(`${path}/series`, {
    words: { families: FAMILIES.join(','), ...useTimeWords() },
    everyMs: EVERY_MS,
    keeps: true,
  });
  return (
    <Answered asked={asked}>
      {(data) => (data.series.length === 0 ? <p class="soft">{words.noSeries}</p> : <Charts data={data} />)}
    </Answered>
  );
}

interface Drawn {
  readonly title: string;
  /** What each family is called beside its camera. */
  readonly families: Readonly<Record<string, string>>;
  readonly format: (value: number) => string;
  readonly min?: number;
  readonly max?: number;
  /** Where what is told lies together: the axis begins at the round number below it. */
  readonly round?: number;
}

function Charts({ data }: { readonly data: SeriesReply }) {
  const words = useWords(deviceFleetWords);
  const common = useWords(fleetWords);
  const times = useMemo(
    () => Array.from({ length: data.steps }, (_, step) => data.from + step * data.stepMs),
    [data.from, data.stepMs, data.steps],
  );
  const charts: Drawn[] = [
    {
      title: words.frames,
      families: { fps_captured: words.captured, fps_inferred: words.inferred },
      format: (value) => number(value, 1),
    },
    { title: words.latency, families: { latency_p95: '' }, format: (value) => withUnit(value, 'ms') },
    { title: words.accuracy, families: { estimated_f1: '' }, format: (value) => percent(value, 1), max: 1, round: 0.1 },
    {
      title: words.machine,
      families: { machine_cpu: common.cpu, machine_memory: common.memory },
      format: (value) => withUnit(value, '%'),
      max: 100,
    },
    {
      title: words.temperature,
      families: { machine_temperature: common.temperature },
      format: (value) => withUnit(value, '°C', 1),
      round: 10,
    },
    { title: words.power, families: { machine_power: common.power }, format: (value) => withUnit(value, 'W', 1) },
    { title: words.vehicles, families: { vehicles: '' }, format: (value) => number(value, 1) },
  ];
  const drawn = charts
    .map((chart) => ({ chart, lines: linesOf(data, chart) }))
    .filter(({ lines }) => lines.some(({ values }) => values.some((value) => value !== null)));
  return (
    <section aria-label={words.time}>
      <p class="soft">{words.timeHint}</p>
      <div class="cards spaced">
        {drawn.map(({ chart: { title, families, round, ...rest }, lines }) => (
          <Card key={title} title={title}>
            <Chart
              label={title}
              times={times}
              lines={lines}
              onChoose={chooseTime}
              height={180}
              {...rest}
              {...beginningAt(lines, round)}
            />
          </Card>
        ))}
      </div>
    </section>
  );
}

function linesOf({ series }: SeriesReply, { families }: Drawn): Line[] {
  return series
    .flatMap(({ name, values }) => {
      const [family = '', ...of] = name.split('.');
      const called = families[family];
      if (called === undefined) return [];
      return [{ label: [of.join('.'), called].filter((part) => part !== '').join(' · '), values }];
    })
    .map((line, index) => ({ ...line, colour: (index % COLOURS) + 1 }));
}

function beginningAt(lines: readonly Line[], round: number | undefined): { min?: number } {
  if (round === undefined) return {};
  const told = lines.flatMap(({ values }) => values.filter((value) => value !== null));
  return { min: Math.floor(Math.min(...told) / round) * round };
}
