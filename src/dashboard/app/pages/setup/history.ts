import { useReducer } from 'preact/hooks';
import type { Drawn } from './shapes.ts';

/** Steps that can be taken back. */
const LONGEST = 100;

interface Steps {
  readonly before: readonly Drawn[];
  readonly now: Drawn;
  readonly after: readonly Drawn[];
  /** What the last step was, where it may go on. */
  readonly of: string | null;
}

type Step =
  | { readonly kind: 'draw'; readonly drawn: Drawn; readonly of: string | null }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'begin'; readonly drawn: Drawn };

/** What is drawn, and what was before it. */
export interface DrawingHistory {
  readonly drawn: Drawn;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** @param of what goes on, as while a corner is dragged or a name is typed: changes of the same in a row are one step */
  draw(drawn: Drawn, of?: string): void;
  undo(): void;
  redo(): void;
  begin(drawn: Drawn): void;
}

function taken(steps: Steps, step: Step): Steps {
  const { before, now, after } = steps;
  switch (step.kind) {
    case 'begin':
      return begun(step.drawn);
    case 'draw': {
      const goesOn = step.of !== null && step.of === steps.of;
      return {
        before: goesOn ? before : [...before, now].slice(-LONGEST),
        now: step.drawn,
        after: [],
        of: step.of,
      };
    }
    case 'undo':
      if (before.length === 0) return steps;
      return { before: before.slice(0, -1), now: before.at(-1)!, after: [now, ...after], of: null };
    case 'redo':
      if (after.length === 0) return steps;
      return { before: [...before, now], now: after[0]!, after: after.slice(1), of: null };
  }
}

const begun = (drawn: Drawn): Steps => ({ before: [], now: drawn, after: [], of: null });

export function useDrawingHistory(first: Drawn): DrawingHistory {
  const [{ before, now, after }, take] = useReducer(taken, first, begun);
  return {
    drawn: now,
    canUndo: before.length > 0,
    canRedo: after.length > 0,
    draw: (drawn, of) => take({ kind: 'draw', drawn, of: of ?? null }),
    undo: () => take({ kind: 'undo' }),
    redo: () => take({ kind: 'redo' }),
    begin: (drawn) => take({ kind: 'begin', drawn }),
  };
}
