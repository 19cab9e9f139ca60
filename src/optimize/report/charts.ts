import type { LayerSensitivity } from '../int8/quantize.js';
import { type Outcome, relativeAccuracy } from '../workshop/outcome.js';
import { type EChartsCoreOption, init } from './echarts.js';
import { placeLabels } from './label-places.js';

/*
 * The report's charts as SVG to stand inside the page. Colours are the page's custom properties, so that a chart is
 * light or dark with it; they are told apart by those who see no red and green, too, and never by colour alone.
 */

const WIDTH = 900;
const INK = 'var(--ink)';
const FAINT = 'var(--line)';
const COLOURS = { fp32: 'var(--fp32)', fp16: 'var(--fp16)', int8: 'var(--int8)' } as const;
const SYMBOLS = { fp32: 'rect', fp16: 'triangle', int8: 'circle' } as const;
const ROW_HEIGHT = 20;
const LONGEST_NAME = 44;
/** Layers drawn, the most harmful first: the rest do no harm. */
const MOST_LAYERS = 24;

/** Plot area of the chart of accuracy, in pixels. */
const PLOT = { left: 64, top: 48, width: 720, height: 320 } as const;

/** Accuracy kept over milliseconds of every variant that has both; null where fewer than two do. */
export function accuracyChart(outcomes: readonly Outcome[], recommended: string | null): string | null {
  const drawn = outcomes.flatMap((outcome) => {
    const accuracy = relativeAccuracy(outcome);
    return outcome.speed && accuracy !== null ? [{ ...outcome, ms: outcome.speed.p50Ms, accuracy }] : [];
  });
  if (drawn.length < 2) return null;
  const least = Math.floor(Math.min(0.95, ...drawn.map(({ accuracy }) => accuracy)) * 20 - 0.4) / 20;
  const most = Math.ceil(Math.max(1, ...drawn.map(({ accuracy }) => accuracy)) * 20 + 0.2) / 20;
  const slowest = roundUp(Math.max(...drawn.map(({ ms }) => ms)) * 1.05);
  const places = placeLabels(
    drawn.map(({ id, ms, accuracy }) => ({
      x: PLOT.left + (ms / slowest) * PLOT.width,
      y: PLOT.top + ((most - accuracy) / (most - least)) * PLOT.height,
      text: id,
    })),
    WIDTH,
  );
  const marks = drawn.map(({ id, ms, accuracy, precision, verdict }, at) => ({
    precision,
    name: id,
    value: [rounded(ms, 3), rounded(accuracy, 4)],
    symbolSize: id === recommended ? 17 : 10,
    ...(verdict === 'refused' && {
      itemStyle: { color: 'transparent', borderColor: COLOURS[precision], borderWidth: 1.5 },
    }),
    label: {
      fontWeight: id === recommended ? 'bold' : 'normal',
      position: places[at]!.position,
      offset: [0, places[at]!.down],
    },
  }));
  const precisions = (['fp32', 'fp16', 'int8'] as const).filter((one) => marks.some((mark) => mark.precision === one));
  return svg(420, {
    legend: { top: 4, itemGap: 28, textStyle: { color: INK }, data: [...precisions] },
    grid: PLOT,
    xAxis: axis('milliseconds per frame, one thread (median)', { min: 0, max: slowest, nameGap: 30 }),
    yAxis: axis('accuracy kept', { min: least, max: most, interval: 0.05, nameGap: 46 }),
    series: precisions.map((precision) => ({
      name: precision,
      type: 'scatter',
      color: COLOURS[precision],
      symbol: SYMBOLS[precision],
      data: marks.filter((mark) => mark.precision === precision),
      label: { show: true, formatter: ({ name }: { name: string }) => name, color: INK, fontSize: 11 },
    })),
  });
}

/** Megabytes of the files of the variants at the default size. */
export function sizeChart(outcomes: readonly Outcome[], width: number, height: number): string | null {
  const files = outcomes
    .filter((one) => one.bytes !== null && one.width === width && one.height === height)
    .toReversed();
  if (files.length < 2) return null;
  return svg(files.length * 30 + 60, {
    grid: { left: 210, right: 70, top: 10, bottom: 46 },
    xAxis: axis('megabytes', { nameGap: 28 }),
    yAxis: names(files.map(({ id }) => id)),
    series: [
      {
        type: 'bar',
        barWidth: '62%',
        data: files.map(({ bytes, precision }) => ({
          value: rounded(bytes! / 1e6, 2),
          itemStyle: { color: COLOURS[precision] },
        })),
        label: { show: true, position: 'right', color: INK, formatter: '{c} MB' },
      },
    ],
  });
}

/** How clean each layer stays in int8: the noisiest first, those kept in float marked. */
export function sensitivityChart(layers: readonly LayerSensitivity[]): string | null {
  const measured = layers.filter(({ sqnrDb }) => Number.isFinite(sqnrDb));
  if (measured.length === 0) return null;
  const sorted = measured.toSorted((a, b) => a.sqnrDb - b.sqnrDb);
  const worst = sorted.filter(({ keptInFloat }, at) => at < MOST_LAYERS || keptInFloat).slice(0, 2 * MOST_LAYERS);
  const rows = worst.toReversed(); // the category axis counts upwards
  const series = (name: string, keptInFloat: boolean, colour: string, more: object) => ({
    name,
    type: 'bar',
    stack: 'all',
    barWidth: '66%',
    color: colour,
    data: rows.map((layer) => (layer.keptInFloat === keptInFloat ? rounded(layer.sqnrDb, 1) : null)),
    label: { show: true, position: 'right', color: INK, fontSize: 11 },
    ...more,
  });
  return svg(rows.length * ROW_HEIGHT + 100, {
    legend: { top: 4, itemGap: 28, textStyle: { color: INK } },
    grid: { left: 330, right: 60, top: 40, bottom: 46 },
    xAxis: axis('signal to quantization noise, dB: more is better', { nameGap: 28 }),
    yAxis: names(rows.map(({ node, op }) => `${shortened(node)} (${op})`)),
    series: [
      series('in int8', false, 'var(--int8)', {}),
      series('kept in float', true, 'transparent', {
        itemStyle: { color: 'transparent', borderColor: 'var(--warn)', borderWidth: 1.5, borderType: 'dashed' },
      }),
    ],
  });
}

const axis = (name: string, more: object) => ({
  type: 'value',
  name,
  nameLocation: 'middle',
  nameTextStyle: { color: INK },
  axisLabel: { color: INK },
  axisLine: { lineStyle: { color: FAINT } },
  splitLine: { lineStyle: { color: FAINT } },
  ...more,
});

const names = (data: readonly string[]) => ({
  type: 'category',
  data: [...data],
  axisLabel: { color: INK, interval: 0, fontSize: 11 },
  axisLine: { lineStyle: { color: FAINT } },
  axisTick: { show: false },
});

/** The next round number. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * unit >= value)!;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Begin and end of a long name tell more than its middle. */
function shortened(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const half = Math.floor((LONGEST_NAME - 1) / 2);
  return `${name.slice(0, half)}…${name.slice(-half)}`;
}

function svg(height: number, options: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'system-ui, sans-serif', color: INK }, ...options });
    return staticMarkup(chart.renderToSVGString());
  } finally {
    chart.dispose(); // its timers would keep the process alive
  }
}

/** Without what only the library's own script uses, and as wide as its place. */
function staticMarkup(markup: string): string {
  return markup
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events|xmlns:xlink|version|baseProfile)="[^"]*"/g, '')
    .replace(/^<svg width="\d+" height="\d+"/, '<svg role="img"')
    .trim();
}
