import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { NONE, time } from '../words/formats.ts';

/** A line of a chart. */
export interface Line {
  readonly label: string;
  /** One per time; null is a gap, and drawn as one. */
  readonly values: readonly (number | null)[];
  /** 1 to 6: a colour of the palette that differs in light and dark. */
  readonly colour: number;
  /** Draws it as bars, or dashed for what is not measured but expected. */
  readonly kind?: 'line' | 'bars' | 'dashed';
}

/** Something that happened, marked on the chart. */
export interface Mark {
  /** Unix ms. */
  readonly at: number;
  readonly label: string;
}

interface ChartProps {
  /** What it shows, for who does not see it; the numbers stand in a table beside or under it. */
  readonly label: string;
  /** Unix ms, rising. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly marks?: readonly Mark[];
  /** Between two lines the area is filled: bounds. Indices into `lines`. */
  readonly bands?: readonly (readonly [upper: number, lower: number])[];
  readonly min?: number;
  readonly max?: number;
  /** Pixels. */
  readonly height?: number;
}

/** Lines over time, with a legend that tells the values under the pointer. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const { label, times, lines, marks = [], height = 220 } = props;
  const shape = `${lines.map((line) => `${line.label}/${line.colour}/${line.kind}`).join()} ${JSON.stringify(props.bands)} ${height} ${props.min} ${props.max}`;
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const host = place.current!;
    chart.current = new uPlot(optionsOf(latest, host.clientWidth), dataOf(times, lines), host);
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: host.clientWidth, height }));
    resized.observe(host);
    const recoloured = new MutationObserver(() => chart.current?.redraw());
    recoloured.observe(document.documentElement, { attributes: true });
    return () => {
      resized.disconnect();
      recoloured.disconnect();
      chart.current?.destroy();
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(dataOf(times, lines)), [times, lines, marks]);
  return (
    <figure class="chart">
      <div ref={place} role="img" aria-label={label} />
    </figure>
  );
}

const dataOf = (times: readonly number[], lines: readonly Line[]): uPlot.AlignedData => [
  times.map((at) => at / 1000),
  ...lines.map(({ values }) => [...values]),
];

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf(latest: { readonly current: ChartProps }, width: number): uPlot.Options {
  const { lines, height = 220, bands = [], min, max } = latest.current;
  const axis = {
    stroke: () => colour('--soft'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    cursor: { y: false, points: { size: 7 } },
    scales: { y: { range: (_, low, high) => rangeOf(low, high, min, max) } },
    axes: [
      { ...axis, space: 70 },
      { ...axis, size: 64, values: (_, splits) => splits.map((value) => latest.current.format(value)) },
    ],
    series: [
      { value: (_, at) => (at === null ? NONE : time(at * 1000, { dateStyle: 'medium', timeStyle: 'short' })) },
      ...lines.map(
        ({ label, colour: index, kind = 'line' }): uPlot.Series => ({
          label,
          stroke: () => colour(`--chart-${index}`),
          width: 2,
          spanGaps: false,
          points: { show: false },
          value: (_, value) => (value === null ? NONE : latest.current.format(value)),
          ...(kind === 'dashed' && { dash: [6, 4] }),
          ...(kind === 'bars' && {
            fill: () => colour(`--chart-${index}`),
            paths: uPlot.paths.bars!({ size: [0.8, 40] }),
          }),
        }),
      ),
    ],
    bands: bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1], fill: () => colour('--band') })),
    hooks: { draw: [(plot) => drawMarks(plot, latest.current.marks ?? [])] },
  };
}

/** From 0 or `min` on, with some room above. */
function rangeOf(low: number | null, high: number | null, min = Math.min(0, low ?? 0), max?: number): [number, number] {
  const top = max ?? (high ?? 1) + Math.max(1e-9, (high ?? 1) - min) * 0.05;
  return [min, top > min ? top : min + 1];
}

function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('--mark');
  ctx.font = `${11 * devicePixelRatio}px sans-serif`;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const [index, { at, label }] of marks.entries()) {
    const x = plot.valToPos(at / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const isRight = x > bbox.left + bbox.width / 2;
    ctx.textAlign = isRight ? 'right' : 'left';
    ctx.fillText(
      label,
      x + (isRight ? -4 : 4) * devicePixelRatio,
      bbox.top + (12 + (index % 3) * 13) * devicePixelRatio,
    );
  }
  ctx.restore();
}
