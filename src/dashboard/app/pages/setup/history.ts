import { useReducer } from 'preact/hooks';
import type { Drawn } from './shapes.ts';

/** Steps that can be taken back. */
const LONGEST = 100;

interface Steps {
  readonly before: readonly Drawn[];
  readonly now: Drawn;
  readonly after: readonly Drawn[];
}

type Step =
  /** `isSame`: goes on with the last step, as while a corner is dragged. */
  | { readonly kind: 'draw'; readonly drawn: Drawn; readonly isSame: boolean }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'begin'; readonly drawn: Drawn };

/** What is drawn, and what was before it. */
export interface DrawingHistory {
  readonly drawn: Drawn;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  draw(drawn: Drawn, isSame?: boolean): void;
  undo(): void;
  redo(): void;
  begin(drawn: Drawn): void;
}

function taken(steps: Steps, step: Step): Steps {
  const { before, now, after } = steps;
  switch (step.kind) {
    case 'begin':
      return { before: [], now: step.drawn, after: [] };
    case 'draw':
      if (step.isSame) return { before, now: step.drawn, after: [] };
      return { before: [...before, now].slice(-LONGEST), now: step.drawn, after: [] };
    case 'undo':
      return before.length === 0 ? steps : { before: before.slice(0, -1), now: before.at(-1)!, after: [now, ...after] };
    case 'redo':
      return after.length === 0 ? steps : { before: [...before, now], now: after[0]!, after: after.slice(1) };
  }
}

export function useDrawingHistory(first: Drawn): DrawingHistory {
  const [{ before, now, after }, take] = useReducer(taken, { before: [], now: first, after: [] });
  return {
    drawn: now,
    canUndo: before.length > 0,
    canRedo: after.length > 0,
    draw: (drawn, isSame = false) => take({ kind: 'draw', drawn, isSame }),
    undo: () => take({ kind: 'undo' }),
    redo: () => take({ kind: 'redo' }),
    begin: (drawn) => take({ kind: 'begin', drawn }),
  };
}
