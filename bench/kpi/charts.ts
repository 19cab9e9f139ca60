import { ORIGINS } from '../../src/frame/frame-result.js';
import { svgChart } from '../harness/svg-chart.js';
import type { Case } from './case.js';
import type { ClipOutcome } from './goals.js';
import type { Second } from './timeline.js';

/** Told apart by those who see no red and green, too. */
const COLOURS = { inferred: '#d55e00', propagated: '#0072b2', 'reused-memory': '#009e73', 'reused-disk': '#56b4e9' };
const LEFT = 62;
const RIGHT = 24;
/** Below this, F1 is not drawn: the interesting differences are near 1. */
const LEAST_F1 = 0.7;
const ROW_HEIGHT = 22;

/** A clip's run as SVG: where its answers came from, how right they are, and how many vehicles there were. */
export function clipChart({ name, fps }: Case, seconds: readonly Second[], frames: number): string {
  const panels = [
    { top: 84, height: 150, title: 'frames' },
    { top: 272, height: 110, title: 'F1, over 3 s' },
    { top: 418, height: 90, title: 'vehicles' },
  ];
  const lowest = Math.min(0.9, ...seconds.map(({ f1 }) => f1 ?? 1));
  const least = Math.max(LEAST_F1, Math.floor(lowest * 20) / 20);
  const times = seconds.map(({ at }) => String(at));
  return svgChart(560, {
    title: { text: name, subtext: `${frames} frames at ${fps} frames/s`, left: 'center', itemGap: 4 },
    legend: { top: 50, itemGap: 24, data: [...ORIGINS] },
    grid: panels.map(({ top, height }) => ({ left: LEFT, right: RIGHT, top, height })),
    xAxis: panels.map((_, i) => ({
      type: 'category',
      gridIndex: i,
      data: times,
      boundaryGap: true,
      axisLabel: { show: i === 2 },
      ...(i === 2 && { name: 'seconds', nameLocation: 'middle', nameGap: 24 }),
    })),
    yAxis: panels.map(({ title }, i) => ({
      type: 'value',
      gridIndex: i,
      name: title,
      nameLocation: 'middle',
      nameGap: 44,
      ...(i === 0 && { min: 0, max: 100, interval: 25, axisLabel: { formatter: '{value} %' } }),
      ...(i === 1 && { min: least, max: 1 }),
      ...(i === 2 && { min: 0, minInterval: 1, splitNumber: 3 }),
    })),
    series: [
      ...ORIGINS.map((origin) => ({
        name: origin,
        type: 'bar',
        stack: 'origin',
        barWidth: '100%',
        color: COLOURS[origin],
        data: seconds.map(({ shares }) => rounded(shares[origin] * 100, 1) || null), // a bar of nothing is an element too
      })),
      {
        type: 'line',
        xAxisIndex: 1,
        yAxisIndex: 1,
        symbol: 'none',
        color: '#333',
        data: seconds.map(({ f1 }) => f1 && rounded(Math.max(least, f1), 4)),
        markLine: goalLine(0.975),
      },
      {
        type: 'line',
        xAxisIndex: 2,
        yAxisIndex: 2,
        symbol: 'none',
        step: 'middle',
        color: '#333',
        areaStyle: { color: '#ddd' },
        data: seconds.map(({ vehicles }) => vehicles && rounded(vehicles, 1)),
      },
    ],
  });
}

/** Share without inference and F1 of every clip as SVG, the goals as lines. */
export function overviewChart(outcomes: readonly ClipOutcome[]): string {
  const clips = outcomes.filter(({ full }) => full).toReversed(); // the category axis counts upwards
  const f1s = clips.map(({ full }) => full!.f1);
  const estimates = clips.map(({ full }) => full!.estimatedF1);
  const least = Math.max(0, Math.floor(Math.min(0.9, ...[...f1s, ...estimates].map((one) => one ?? 1)) * 20) / 20);
  const height = clips.length * ROW_HEIGHT;
  const names = clips.map(({ name }) => name);
  return svgChart(height + 150, {
    title: { text: 'Frames answered without inference, and their F1 against inferring every one', left: 'center' },
    legend: { top: 38, itemGap: 24, data: [...ORIGINS.slice(1), 'F1', "the audit's estimate"] },
    grid: [
      { left: 230, width: 320, top: 88, height },
      { left: 590, right: RIGHT, top: 88, height },
    ],
    xAxis: [
      { type: 'value', gridIndex: 0, min: 0, max: 100, axisLabel: { formatter: '{value} %' }, ...named('frames') },
      { type: 'value', gridIndex: 1, min: least, max: 1, ...named('F1') },
    ],
    yAxis: [
      { type: 'category', gridIndex: 0, data: names, axisLabel: { interval: 0 } },
      { type: 'category', gridIndex: 1, data: names, axisLabel: { show: false }, splitLine: { show: true } },
    ],
    series: [
      ...ORIGINS.slice(1).map((origin, i) => ({
        name: origin,
        type: 'bar',
        stack: 'origin',
        barWidth: '70%',
        color: COLOURS[origin],
        data: clips.map(({ full }) => rounded(full!.shares[origin] * 100, 1)),
        ...(i === 0 && { markLine: goalLine(92, 'xAxis') }),
      })),
      {
        name: 'F1',
        type: 'scatter',
        xAxisIndex: 1,
        yAxisIndex: 1,
        symbolSize: 10,
        color: '#333',
        data: points(f1s),
        markLine: goalLine(0.975, 'xAxis'),
      },
      {
        name: "the audit's estimate",
        type: 'scatter',
        xAxisIndex: 1,
        yAxisIndex: 1,
        symbol: 'diamond',
        symbolSize: 9,
        itemStyle: { color: 'transparent', borderColor: '#d55e00', borderWidth: 1.5 },
        color: '#d55e00',
        data: points(estimates),
      },
    ],
  });
}

const named = (name: string) => ({ name, nameLocation: 'middle', nameGap: 26 });

const points = (values: readonly (number | null)[]) =>
  values.flatMap((value, i) => (value === null ? [] : [[rounded(value, 4), i]]));

const goalLine = (value: number, axis: 'xAxis' | 'yAxis' = 'yAxis') => ({
  silent: true,
  symbol: 'none',
  precision: 4,
  lineStyle: { color: '#888', type: 'dashed' },
  label: { formatter: `goal ${value}`, position: axis === 'xAxis' ? 'end' : 'insideStartTop', color: '#555' },
  data: [{ [axis]: value }],
});

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
