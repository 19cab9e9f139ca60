import { Said } from '../../kit/said.tsx';
import { useWords } from '../../words/language.ts';
import { type DrawnShape, isNamed, moved, withoutCorner } from './shapes.ts';
import { nameOfShape, setupWords } from './words.ts';

interface ShapeFieldsProps {
  readonly shape: DrawnShape;
  readonly isChosen: boolean;
  /** What is wrong with it, as the schema says it. */
  readonly problems: readonly string[];
  readonly onChoose: () => void;
  /** @param of what goes on with this change: the field that is typed in */
  readonly onChange: (shape: DrawnShape, of?: string) => void;
  readonly onRemove: () => void;
}

/** A shape in words and numbers: all that can be done with the pointer can be done here. */
export function ShapeFields({ shape, isChosen, problems, onChoose, onChange, onRemove }: ShapeFieldsProps) {
  const words = useWords(setupWords);
  const { kind, id, left, right } = shape;
  const fill = (name: 'id' | 'left' | 'right', text: string) =>
    onChange({ ...shape, [name]: text }, `${shape.key} ${name}`);
  const turn = () => onChange({ ...shape, corners: shape.corners.toReversed() });
  return (
    <fieldset class={problems.length > 0 ? 'fields wrong' : 'fields'}>
      <legend>{nameOfShape(words, shape)}</legend>
      <Problems problems={problems} />
      {isNamed(kind) && (
        <label>
          {words.name} <span class="soft">({words.nameHint})</span>
          <input value={id} onInput={({ currentTarget }) => fill('id', currentTarget.value)} />
        </label>
      )}
      {kind === 'line' && (
        <div class="pair">
          <label>
            {words.left}
            <input value={left} placeholder="left" onInput={({ currentTarget }) => fill('left', currentTarget.value)} />
          </label>
          <label>
            {words.right}
            <input
              value={right}
              placeholder="right"
              onInput={({ currentTarget }) => fill('right', currentTarget.value)}
            />
          </label>
        </div>
      )}
      <details open={isChosen} onToggle={({ currentTarget }) => currentTarget.open && !isChosen && onChoose()}>
        <summary>{words.choose}</summary>
        <Corners shape={shape} onChange={onChange} />
      </details>
      <div class="buttons">
        {kind === 'line' && (
          <button type="button" onClick={turn}>
            {words.turn}
          </button>
        )}
        <button
          type="button"
          class="danger"
          aria-label={`${words.remove}: ${nameOfShape(words, shape)}`}
          onClick={onRemove}
        >
          {words.remove}
        </button>
      </div>
    </fieldset>
  );
}

function Corners({ shape, onChange }: Pick<ShapeFieldsProps, 'shape' | 'onChange'>) {
  const words = useWords(setupWords);
  const isRing = shape.kind !== 'line';
  return (
    <ol class="corners">
      {shape.corners.map(([x, y], corner) => {
        const name = isRing ? words.cornerOf(corner + 1) : words.end(corner + 1);
        const to = (event: { readonly currentTarget: HTMLInputElement }, place: 0 | 1): void => {
          const value = Number(event.currentTarget.value);
          if (event.currentTarget.value === '' || !Number.isFinite(value)) return;
          onChange(moved(shape, corner, place === 0 ? [value, y] : [x, value]));
        };
        return (
          <li key={corner}>
            <span>{name}</span>
            {([x, y] as const).map((value, place) => (
              <input
                key={place}
                type="number"
                min="0"
                max="1"
                step="0.001"
                value={value}
                aria-label={`${name}, ${place === 0 ? words.across : words.down}`}
                onChange={(event) => to(event, place as 0 | 1)}
              />
            ))}
            {isRing && shape.corners.length > 3 && (
              <button
                type="button"
                aria-label={words.removeCorner(corner + 1)}
                onClick={() => onChange(withoutCorner(shape, corner))}
              >
                ×
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** What is wrong, at what it belongs to. */
export function Problems({ problems }: { readonly problems: readonly string[] }) {
  return (
    <div role="alert">
      {problems.map((text) => (
        <p key={text} class="reason bad">
          <Said text={text} />
        </p>
      ))}
    </div>
  );
}
