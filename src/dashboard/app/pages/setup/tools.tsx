import { useWords } from '../../words/language.ts';
import type { DrawingHistory } from './history.ts';
import type { DrawnShape, Point } from './shapes.ts';
import { setupWords } from './words.ts';

const KINDS = ['line', 'zone', 'mask', 'privacyMask'] as const;

interface ToolsProps {
  readonly drawing: { readonly kind: DrawnShape['kind']; readonly corners: readonly Point[] } | null;
  readonly history: DrawingHistory;
  readonly onDraw: (kind: DrawnShape['kind'] | null) => void;
  readonly onMiddle: (kind: DrawnShape['kind']) => void;
  readonly onDone: () => void;
}

/** What can be drawn, and taken back. */
export function Tools({ drawing, history, onDraw, onMiddle, onDone }: ToolsProps) {
  const words = useWords(setupWords);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a toolbar is no list of fields */}
      <div class="buttons tools" role="group" aria-label={words.tools}>
        {KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={drawing?.kind === kind}
            onClick={() => onDraw(drawing?.kind === kind ? null : kind)}
          >
            + {words.add[kind]}
          </button>
        ))}
        <button type="button" disabled={!history.canUndo} onClick={history.undo}>
          ↶ {words.undo}
        </button>
        <button type="button" disabled={!history.canRedo} onClick={history.redo}>
          ↷ {words.redo}
        </button>
      </div>
      <div role="status">
        {drawing !== null && (
          <div class="buttons tools">
            <span>{drawing.kind === 'line' ? words.drawLine : words.drawRing}</span>
            {drawing.kind !== 'line' && (
              <button type="button" class="main" disabled={drawing.corners.length < 3} onClick={onDone}>
                {words.done}
              </button>
            )}
            <button type="button" onClick={() => onMiddle(drawing.kind)}>
              {words.middle}
            </button>
            <button type="button" onClick={() => onDraw(null)}>
              {words.cancel}
            </button>
          </div>
        )}
      </div>
    </>
  );
}
