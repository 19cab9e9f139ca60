import { useEffect, useMemo, useState } from 'preact/hooks';
import type { SetupCheckReply, SetupReply, SetupSaveReply } from '../../../api/setup.ts';
import { post, type Trouble, troubleOf } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { useWords } from '../../words/language.ts';
import { Board } from './board.tsx';
import { useDrawingHistory } from './history.ts';
import { Review } from './review.tsx';
import { Rules } from './rules.tsx';
import { ShapeFields } from './shape-fields.tsx';
import { type Drawn, type DrawnShape, listsOf, newShape, type Point, placeOf } from './shapes.ts';
import { Tools } from './tools.tsx';
import { setupWords } from './words.ts';

interface EditorProps {
  readonly setup: SetupReply;
  readonly camera: SetupReply['cameras'][number];
  readonly first: Drawn;
  readonly onReload: () => void;
}

/** ms after the last change until the device is asked what it thinks of it. */
const CHECK_AFTER_MS = 400;

/** What is drawn on one camera, from the file to the file. */
export function Editor({ setup, camera, first, onReload }: EditorProps) {
  const words = useWords(setupWords);
  const history = useDrawingHistory(first);
  const { drawn } = history;
  const [chosen, setChosen] = useState<string | null>(null);
  const [drawing, setDrawing] = useState<{ kind: DrawnShape['kind']; corners: readonly Point[] } | null>(null);
  const [saved, setSaved] = useState<SetupSaveReply | null>(null);
  const [sha256, setSha256] = useState(setup.file?.sha256 ?? '');
  const mayCheck = setup.obstacle === null && camera.inFile;
  const { check, trouble } = useCheck(mayCheck ? camera.id : null, drawn, sha256);
  const problemsOf = useMemo(() => problemsBy(drawn, check), [drawn, check]);
  const isChanged = mayCheck && (check?.difference.length ?? 0) > 0;
  useWarning(isChanged);
  useKeys(history);
  const change = (shape: DrawnShape, isSame: boolean): void =>
    history.draw({ ...drawn, shapes: drawn.shapes.map((one) => (one.key === shape.key ? shape : one)) }, isSame);
  const add = (kind: DrawnShape['kind'], corners?: readonly Point[]): void => {
    const shape = newShape(drawn, kind, corners);
    history.draw({ ...drawn, shapes: [...drawn.shapes, shape] });
    setDrawing(null);
    setChosen(shape.key);
  };
  const point = (at: Point): void => {
    if (drawing === null) return;
    const corners = [...drawing.corners, at];
    if (drawing.kind === 'line' && corners.length === 2) add('line', corners);
    else setDrawing({ ...drawing, corners });
  };
  const save = async (): Promise<void> => {
    const body = { camera: camera.id, shapes: listsOf(drawn), sha256 };
    const reply = await post<SetupSaveReply>('/api/v1/setup/save', body);
    setSaved(reply);
    setSha256(reply.sha256);
  };
  const wrong = new Set(drawn.shapes.map(({ key }) => key).filter((key) => problemsOf(key).length > 0));
  return (
    <div class="editor">
      <div class="column">
        <Card title={camera.id}>
          <Tools
            drawing={drawing}
            history={history}
            onDraw={(kind) => setDrawing(kind === null ? null : { kind, corners: [] })}
            onMiddle={(kind) => add(kind)}
            onDone={() => drawing !== null && add(drawing.kind, drawing.corners)}
          />
          <Board
            camera={camera.id}
            shapes={drawn.shapes}
            chosen={chosen}
            drawing={drawing}
            wrong={wrong}
            onChoose={setChosen}
            onChange={change}
            onPoint={point}
          />
        </Card>
        {mayCheck && (
          <Review
            setup={setup}
            check={check}
            trouble={trouble}
            saved={saved}
            isWaiting={camera.waitsForRestart}
            onSave={save}
            onReload={async () => onReload()}
          />
        )}
      </div>
      <div class="column">
        <Card title={words.list}>
          {drawn.shapes.length === 0 && <p class="soft">{words.nothing}</p>}
          {drawn.shapes.map((shape) => (
            <ShapeFields
              key={shape.key}
              shape={shape}
              isChosen={shape.key === chosen}
              problems={problemsOf(shape.key)}
              onChoose={() => setChosen(shape.key)}
              onChange={change}
              onRemove={() => history.draw({ ...drawn, shapes: drawn.shapes.filter(({ key }) => key !== shape.key) })}
            />
          ))}
        </Card>
        <Rules
          drawn={drawn}
          classes={setup.classes}
          problemsOf={problemsOf}
          onChange={(rules, isSame) => history.draw({ ...drawn, rules }, isSame)}
        />
      </div>
    </div>
  );
}

/** What the device says of what is drawn, a moment after it has changed. */
function useCheck(camera: string | null, drawn: Drawn, sha256: string) {
  const [state, setState] = useState<{ check: SetupCheckReply | null; trouble: Trouble | null }>({
    check: null,
    trouble: null,
  });
  useEffect(() => {
    if (camera === null) return undefined;
    let isWanted = true;
    const timer = window.setTimeout(() => {
      post<SetupCheckReply>('/api/v1/setup/check', { camera, shapes: listsOf(drawn) }).then(
        (check) => isWanted && setState({ check, trouble: null }),
        (error: unknown) => isWanted && setState({ check: null, trouble: troubleOf(error) }),
      );
    }, CHECK_AFTER_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [camera, drawn, sha256]);
  return state;
}

/** What is wrong with a shape or rule. */
function problemsBy(drawn: Drawn, check: SetupCheckReply | null): (key: string) => readonly string[] {
  return (key) => {
    const place = placeOf(drawn, key);
    const found = (check?.problems ?? []).filter(({ at }) =>
      at.some((path) => path === place || path.startsWith(`${place}.`)),
    );
    return found.map(({ text }) => text);
  };
}

/** Who leaves with something that is not written is asked. */
function useWarning(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isChanged]);
}

/** Ctrl+Z takes back, with Shift does again; in a field they are the field's. */
function useKeys({ undo, redo }: { readonly undo: () => void; readonly redo: () => void }): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const isField = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
      if (isField || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
      event.preventDefault();
      if (event.shiftKey) redo();
      else undo();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
