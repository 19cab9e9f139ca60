import { useEffect, useRef, useState } from 'preact/hooks';
import type { DrawnShape, Point } from './shapes.ts';

interface ShapeLinesProps {
  readonly shapes: readonly DrawnShape[];
  readonly chosen: string | null;
  readonly drawing: { readonly kind: DrawnShape['kind']; readonly corners: readonly Point[] } | null;
  readonly wrong: ReadonlySet<string>;
  readonly onGrab: (event: PointerEvent, shape: DrawnShape, corner: null) => void;
}

/** Length of the arrow that says which side is which, in pixels. */
const ARROW = 26;

/** The shapes as lines over the picture. */
export function ShapeLines({ shapes, chosen, drawing, wrong, onGrab }: ShapeLinesProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [[width, height], setSize] = useState<Point>([640, 360]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width: wide, height: high } = entry!.contentRect;
      if (wide > 0 && high > 0) setSize([wide, high]);
    });
    observer.observe(svg.current!);
    return () => observer.disconnect();
  }, []);
  const at = ([x, y]: Point): Point => [x * width, y * height];
  const points = (corners: readonly Point[]): string => corners.map((one) => at(one).join(',')).join(' ');
  return (
    <svg ref={svg} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {shapes.map((shape) => {
        const { key, kind, corners, id } = shape;
        const look = `shape ${kind}${key === chosen ? ' chosen' : ''}${wrong.has(key) ? ' wrong' : ''}`;
        const [x, y] = at(corners[0] ?? [0, 0]);
        return (
          <g key={key} class={look} onPointerDown={(event) => onGrab(event, shape, null)}>
            <polygon class="edge" points={points(corners)} />
            <polygon class="inner" points={points(corners)} />
            {kind === 'line' && <Sides shape={shape} at={at} />}
            <text x={Math.min(x + 6, width - 60)} y={Math.max(14, y - 8)}>
              {id}
            </text>
          </g>
        );
      })}
      {drawing !== null && drawing.corners.length > 0 && (
        <g class={`shape ${drawing.kind} chosen`}>
          <polyline class="edge" points={points(drawing.corners)} />
          <polyline class="inner" points={points(drawing.corners)} />
          {drawing.corners.map((corner) => {
            const [x, y] = at(corner);
            return <circle key={`${x} ${y}`} cx={x} cy={y} r={6} />;
          })}
        </g>
      )}
    </svg>
  );
}

/** An arrow to the left of a line and one to the right, with what crossing it there is called. */
function Sides({ shape, at }: { readonly shape: DrawnShape; readonly at: (point: Point) => Point }) {
  const [from, to] = [at(shape.corners[0]!), at(shape.corners[1]!)];
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length === 0) return null;
  const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  // seen from `from` towards `to`, on a picture whose y grows downwards
  const [left, up] = [(to[1] - from[1]) / length, -(to[0] - from[0]) / length];
  return (
    <>
      {[1, -1].map((side) => {
        const [dx, dy] = [left * side * ARROW, up * side * ARROW];
        const [tipX, tipY] = [x + dx, y + dy];
        const [backX, backY] = [x + dx * 0.7, y + dy * 0.7];
        const head = [
          [tipX, tipY],
          [backX - dy * 0.22, backY + dx * 0.22],
          [backX + dy * 0.22, backY - dx * 0.22],
        ];
        const name = side === 1 ? shape.left || 'left' : shape.right || 'right';
        return (
          <g key={side} class="side">
            <line x1={x} y1={y} x2={tipX} y2={tipY} />
            <polygon points={head.map((one) => one.join(',')).join(' ')} />
            <text x={x + dx * 1.35} y={y + dy * 1.5 + 4} text-anchor="middle">
              {name}
            </text>
          </g>
        );
      })}
    </>
  );
}
