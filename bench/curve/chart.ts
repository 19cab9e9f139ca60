import { svgChart } from '../harness/svg-chart.js';
import { FAMILIES, type Family, type Point } from './contender.js';

/** Told apart by those who see no red and green, too. */
const COLOURS: Readonly<Record<Family, string>> = {
  ours: '#d55e00',
  'fixed interval': '#0072b2',
  'motion gate': '#009e73',
};
/** Below this F1 nobody would run it. */
const LEAST_F1 = 0.75;

/** Share without inference, and inferences a second, against F1: a line for each contender, a point for each setting. */
export function curveChart(title: string, points: readonly Point[]): string {
  const line = (family: Family, panel: number, x: (point: Point) => number) => ({
    name: family,
    type: 'line',
    xAxisIndex: panel,
    yAxisIndex: panel,
    color: COLOURS[family],
    symbolSize: 7,
    data: points
      .filter((point) => point.family === family && point.f1 >= LEAST_F1)
      .sort((a, b) => x(a) - x(b))
      .map((point) => [Number(x(point).toFixed(3)), Number(point.f1.toFixed(4))]),
  });
  return svgChart(430, {
    title: { text: title, left: 'center' },
    legend: { top: 32, itemGap: 24, data: [...FAMILIES] },
    grid: [
      { left: 62, width: 390, top: 80, bottom: 60 },
      { left: 530, right: 24, top: 80, bottom: 60 },
    ],
    xAxis: [
      {
        type: 'value',
        gridIndex: 0,
        min: 0,
        max: 100,
        axisLabel: { formatter: '{value} %' },
        ...named('without inference'),
      },
      { type: 'log', gridIndex: 1, ...named('inferences per second of a camera') },
    ],
    yAxis: [0, 1].map((gridIndex) => ({ type: 'value', gridIndex, min: LEAST_F1, max: 1, ...named('F1', 44) })),
    series: FAMILIES.flatMap((family) => [
      line(family, 0, ({ withoutInference }) => withoutInference * 100),
      line(family, 1, ({ inferencesPerS }) => inferencesPerS),
    ]),
  });
}

const named = (name: string, nameGap = 26) => ({ name, nameLocation: 'middle', nameGap });
