import { svgChart } from '../harness/svg-chart.js';
import type { Moment, Run } from './contenders.js';
import type { CaseOutcome } from './outcome.js';
import type { PlantDescription } from './plant-file.js';

const LEFT = 62;
const RIGHT = 24;
/** Told apart by those who see no red and green, too. */
const TUNING = '#0072b2';
const THRESHOLD = '#d55e00';
const ORACLE = '#555';
const FORECAST = '#56b4e9';
const GREY = '#888';
/** Moments that a point of the lower curves is the mean of. */
const SMOOTHED = 5;

/**
 * A trace as SVG: how warm the board got and was expected to get, which point was in use, what the cameras asked for, and what came of
 * it, with the tuning, with steps at thresholds, and as the oracle would have had it.
 */
export function caseChart({ ours, threshold, oracle, ...one }: CaseOutcome, plant: PlantDescription): string {
  const trip = plant.governor.trips[0]!.at;
  const panels = [
    { top: 92, height: 170, title: '°C' },
    { top: 300, height: 110, title: 'point in use' },
    { top: 448, height: 70, title: 'asked for /s' },
    { top: 556, height: 130, title: 'effective accuracy' },
  ];
  const ladder = plant.points.map((_, i) => i).sort((a, b) => plant.points[a]!.accuracy - plant.points[b]!.accuracy);
  const used = [...new Set([ours, threshold, oracle].flatMap(({ timeline }) => timeline.map(({ point }) => point)))];
  const rungs = ladder.filter((point) => used.includes(point));
  const contenders = [
    { name: 'threshold steps', run: threshold, color: THRESHOLD, width: 1.2 },
    { name: 'oracle', run: oracle, color: ORACLE, width: 1.2 },
    { name: 'tuning', run: ours, color: TUNING, width: 1.8 },
  ];
  const hours = ({ second }: Moment) => Number((second / 3600).toFixed(3));
  const curve = (run: Run, of: (moment: Moment) => number | null, digits: number) =>
    run.timeline.flatMap((moment) => {
      const value = of(moment);
      return value === null ? [] : [[hours(moment), Number(value.toFixed(digits))]];
    });
  const line = (name: string, panel: number, color: string, width: number, data: number[][]) => ({
    name,
    type: 'line',
    xAxisIndex: panel,
    yAxisIndex: panel,
    symbol: 'none',
    color,
    lineStyle: { width, color },
    data,
  });
  const lowest = Math.min(...[ours, oracle, threshold].flatMap((run) => smoothed(run).map(([, value]) => value!)));
  return svgChart(726, {
    title: {
      text: `${one.plant}: ${one.trace}`,
      subtext: `effective accuracy ${ours.accuracy.toFixed(3)}, oracle ${oracle.accuracy.toFixed(3)}, threshold steps ${threshold.accuracy.toFixed(3)}; throttled ${ours.throttledS} s, ${oracle.throttledS} s, ${threshold.throttledS} s`,
      left: 'center',
      itemGap: 4,
    },
    legend: { top: 52, itemGap: 22, data: ['tuning', 'forecast', 'threshold steps', 'oracle'] },
    grid: panels.map(({ top, height }) => ({ left: LEFT, right: RIGHT, top, height })),
    xAxis: panels.map((_, i) => ({
      type: 'value',
      gridIndex: i,
      min: 0,
      max: one.hours,
      axisLabel: { show: i === panels.length - 1 },
      ...(i === panels.length - 1 && { name: 'hours', nameLocation: 'middle', nameGap: 24 }),
    })),
    yAxis: panels.map(({ title }, i) => ({
      type: 'value',
      gridIndex: i,
      name: title,
      nameLocation: 'middle',
      nameGap: 44,
      ...(i === 0 && { min: 'dataMin', max: Math.ceil(trip + 4) }),
      ...(i === 1 && { min: 0, max: Math.max(1, rungs.length - 1), interval: 1, axisLabel: { formatter: accuracyOf } }),
      ...(i === 3 && { min: Math.max(0, Math.floor(lowest * 10) / 10), max: 1 }),
      splitNumber: 4,
    })),
    series: [
      ...contenders.map(({ name, run, color, width }, i) => ({
        ...line(
          name,
          0,
          color,
          width,
          curve(run, ({ temperature }) => temperature, 1),
        ),
        ...(i === 0 && { markLine: tripLine(trip) }),
      })),
      line(
        'forecast',
        0,
        FORECAST,
        1,
        curve(ours, ({ forecast }) => forecast, 1),
      ),
      ...contenders.map(({ name, run, color, width }) => ({
        ...line(
          name,
          1,
          color,
          width,
          curve(run, ({ point }) => rungs.indexOf(point), 0),
        ),
        step: 'end',
      })),
      {
        ...line(
          'load',
          2,
          GREY,
          1,
          curve(ours, ({ wantedPerS }) => wantedPerS, 1),
        ),
        areaStyle: { color: '#ddd' },
      },
      ...contenders.map(({ name, run, color, width }) => line(name, 3, color, width, smoothed(run))),
    ],
  });

  function accuracyOf(rung: number): string {
    const point = plant.points[rungs[Math.round(rung)]!];
    return point ? point.accuracy.toFixed(3) : '';
  }
}

function smoothed({ timeline }: Run): number[][] {
  const points: number[][] = [];
  for (let i = 0; i + SMOOTHED <= timeline.length; i += SMOOTHED) {
    const some = timeline.slice(i, i + SMOOTHED);
    const mean = some.reduce((sum, { accuracy }) => sum + accuracy, 0) / SMOOTHED;
    points.push([Number((some[2]!.second / 3600).toFixed(3)), Number(mean.toFixed(4))]);
  }
  return points;
}

const tripLine = (at: number) => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: GREY, type: 'dashed' },
  label: { formatter: `the board throttles at ${at} °C`, position: 'insideStartTop', color: '#555' },
  data: [{ yAxis: at }],
});
