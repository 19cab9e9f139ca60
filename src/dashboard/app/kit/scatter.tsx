import { useEffect, useRef, useState } from 'preact/hooks';

/** A point of a scatter chart. */
export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Read out with the point, and shown where the pointer rests on it. */
  readonly label: string;
  /** The one that matters now. */
  readonly isMarked?: boolean;
  /** Drawn hollow: not certain. */
  readonly isHollow?: boolean;
}

interface ScatterProps {
  /** What it shows, for who does not see it; the numbers stand in a table beside or under it. */
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly ScatterPoint[];
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Written beside the marked point. */
  readonly mark?: string;
}

const HEIGHT = 260;
const EDGE = { left: 58, right: 16, top: 34, bottom: 44 };
const STEPS = 4;

/** Points of two numbers; the horizontal axis is logarithmic. */
export function Scatter({ label, xLabel, yLabel, points, formatX, formatY, mark }: ScatterProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(320);
  useEffect(() => {
    const host = place.current!;
    const resized = new ResizeObserver(() => setWidth(Math.max(240, host.clientWidth)));
    resized.observe(host);
    return () => resized.disconnect();
  }, []);
  const xs = spanOf(points.map(({ x }) => Math.log(x)));
  const ys = spanOf(points.map(({ y }) => y));
  const left = (x: number): number => EDGE.left + xs.share(Math.log(x)) * (width - EDGE.left - EDGE.right);
  const top = (y: number): number => HEIGHT - EDGE.bottom - ys.share(y) * (HEIGHT - EDGE.top - EDGE.bottom);
  const line = [...points].sort((a, b) => a.x - b.x).map(({ x, y }) => `${left(x)},${top(y)}`);
  return (
    <figure class="chart" ref={place}>
      <svg width={width} height={HEIGHT} role="img" aria-label={label}>
        {ys.steps.map((y) => (
          <g key={y}>
            <line class="grid" x1={EDGE.left} x2={width - EDGE.right} y1={top(y)} y2={top(y)} />
            <text x={EDGE.left - 6} y={top(y) + 4} text-anchor="end">
              {formatY(y)}
            </text>
          </g>
        ))}
        {xs.steps.map((x, index) => (
          <text
            key={x}
            x={left(Math.exp(x))}
            y={HEIGHT - EDGE.bottom + 18}
            text-anchor={index === STEPS ? 'end' : 'middle'}
          >
            {formatX(Math.exp(x))}
          </text>
        ))}
        <text x={width - EDGE.right} y={HEIGHT - 6} text-anchor="end">
          {xLabel}
        </text>
        <text x={4} y={12}>
          {yLabel}
        </text>
        <polyline class="front" points={line.join(' ')} />
        {points.map(({ x, y, label: own, isMarked = false, isHollow = false }) => (
          <circle
            key={own}
            class={`${isHollow ? 'hollow' : 'full'}${isMarked ? ' marked' : ''}`}
            cx={left(x)}
            cy={top(y)}
            r={isMarked ? 8 : 5}
          >
            <title>{own}</title>
          </circle>
        ))}
        {points
          .filter(({ isMarked }) => isMarked === true)
          .map(({ x, y }) => {
            const isRight = left(x) > width / 2;
            return (
              <text
                key="mark"
                class="mark"
                x={left(x) + (isRight ? -13 : 13)}
                y={top(y) - 10}
                text-anchor={isRight ? 'end' : 'start'}
              >
                {mark}
              </text>
            );
          })}
      </svg>
    </figure>
  );
}

interface Span {
  /** 0..1 of the way from the lowest to the highest. */
  share(value: number): number;
  /** Where the axis is written upon. */
  readonly steps: readonly number[];
}

/** With some room at both ends. */
function spanOf(values: readonly number[]): Span {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
  const [from, to] = [low - room, high + room];
  return {
    share: (value) => (value - from) / (to - from),
    steps: Array.from({ length: STEPS + 1 }, (_, step) => from + ((to - from) * step) / STEPS),
  };
}
