import { useEffect, useRef, useState } from 'preact/hooks';
import { useCameraPicture } from '../../kit/camera-picture.ts';
import { number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { useSaid } from '../../words/said.ts';
import { ShapeLines } from './shape-lines.tsx';
import { type DrawnShape, moved, newKey, type Point, shifted, withCorner, withoutCorner } from './shapes.ts';
import { nameOfShape, setupWords } from './words.ts';

interface BoardProps {
  readonly camera: string;
  readonly shapes: readonly DrawnShape[];
  readonly chosen: string | null;
  /** Corners of a shape that is being drawn; null: none is. */
  readonly drawing: { readonly kind: DrawnShape['kind']; readonly corners: readonly Point[] } | null;
  readonly wrong: ReadonlySet<string>;
  readonly onChoose: (key: string | null) => void;
  /** @param of what goes on with this change: a drag */
  readonly onChange: (shape: DrawnShape, of?: string) => void;
  readonly onPoint: (point: Point) => void;
}

const PICTURE_EVERY_MS = 2000;
const STEP = 0.005;
const LONG_STEP = 0.05;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The picture of a camera with what is drawn on it. Corners are dragged, or moved with the arrow keys. */
export function Board({ camera, shapes, chosen, drawing, wrong, onChoose, onChange, onPoint }: BoardProps) {
  const words = useWords(setupWords);
  const said = useSaid();
  const board = useRef<HTMLDivElement>(null);
  const { url, answer, trouble } = useCameraPicture(camera, PICTURE_EVERY_MS);
  const [dragged, setDragged] = useState<Drag | null>(null);
  useEffect(() => {
    if (answer !== null) board.current?.style.setProperty('--ratio', `${answer.width} / ${answer.height}`);
  }, [answer]);
  const pointAt = (event: PointerEvent): Point => {
    const { left, top, width, height } = board.current!.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const grab = (event: PointerEvent, shape: DrawnShape, corner: number | null): void => {
    if (drawing !== null) return;
    event.stopPropagation();
    board.current!.setPointerCapture(event.pointerId);
    onChoose(shape.key);
    setDragged({ of: newKey(), shape, corner, from: pointAt(event), hasMoved: false });
  };
  const drag = (event: PointerEvent): void => {
    if (dragged === null) return;
    const { of, shape, corner, from, hasMoved } = dragged;
    const to = pointAt(event);
    if (!hasMoved && Math.hypot(to[0] - from[0], to[1] - from[1]) < STEP) return;
    const next = corner === null ? shifted(shape, [to[0] - from[0], to[1] - from[1]]) : moved(shape, corner, to);
    onChange(next, of);
    setDragged({ ...dragged, hasMoved: true });
  };
  const press = (event: PointerEvent): void => {
    if (drawing === null) onChoose(null);
    else onPoint(pointAt(event));
  };
  const move = (event: KeyboardEvent, shape: DrawnShape, corner: number): void => {
    const arrow = ARROWS[event.key];
    const [x, y] = shape.corners[corner]!;
    const step = event.shiftKey ? LONG_STEP : STEP;
    if (arrow !== undefined) onChange(moved(shape, corner, [x + arrow[0] * step, y + arrow[1] * step]));
    else if (event.key === 'Delete' && shape.corners.length > least(shape)) onChange(withoutCorner(shape, corner));
    else return;
    event.preventDefault();
  };
  const shown = shapes.find(({ key }) => key === chosen);
  return (
    <div
      class={drawing === null ? 'board' : 'board drawing'}
      ref={board}
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={() => setDragged(null)}
      onPointerCancel={() => setDragged(null)}
    >
      {url === null ? (
        <p class="board-none">{trouble !== null && 'text' in trouble ? said(trouble.text) : words.noPicture}</p>
      ) : (
        <img src={url} alt={words.pictureOf(camera)} draggable={false} />
      )}
      <ShapeLines shapes={shapes} chosen={chosen} drawing={drawing} wrong={wrong} onGrab={grab} />
      {drawing === null &&
        shown?.corners.map((point, corner) => (
          <Corner
            key={corner}
            point={point}
            label={words.corner(
              corner + 1,
              nameOfShape(words, shown),
              ...(point.map((one) => number(one, 3)) as [string, string]),
            )}
            onPointerDown={(event) => grab(event, shown, corner)}
            onKeyDown={(event) => move(event, shown, corner)}
          />
        ))}
      {drawing === null &&
        shown !== undefined &&
        shown.kind !== 'line' &&
        shown.corners.map((point, corner) => {
          const next = shown.corners[(corner + 1) % shown.corners.length]!;
          return (
            <Corner
              key={`after ${corner}`}
              isBetween
              point={[(point[0] + next[0]) / 2, (point[1] + next[1]) / 2]}
              label={words.addCornerAfter(corner + 1)}
              onPointerDown={(event) => {
                event.stopPropagation();
              }}
              onClick={() => onChange(withCorner(shown, corner))}
            />
          );
        })}
    </div>
  );
}

/** What is being dragged, from where. */
interface Drag {
  /** Its name among the steps. */
  readonly of: string;
  readonly shape: DrawnShape;
  /** null: all of it. */
  readonly corner: number | null;
  readonly from: Point;
  readonly hasMoved: boolean;
}

const least = ({ kind }: DrawnShape): number => (kind === 'line' ? 2 : 3);

interface CornerProps {
  readonly point: Point;
  readonly label: string;
  readonly isBetween?: boolean;
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly onClick?: () => void;
}

function Corner({ point: [x, y], label, isBetween = false, ...handlers }: CornerProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.style.setProperty('--x', `${x * 100}%`);
    button.current?.style.setProperty('--y', `${y * 100}%`);
  }, [x, y]);
  return (
    <button type="button" class={isBetween ? 'corner between' : 'corner'} aria-label={label} ref={button} {...handlers}>
      {isBetween ? '+' : ''}
    </button>
  );
}
