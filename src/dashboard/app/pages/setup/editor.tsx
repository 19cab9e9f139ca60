import { useEffect, useMemo, useState } from 'preact/hooks';
import type { SetupReply, SetupSaveReply } from '../../../api/setup.ts';
import { post } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { useWords } from '../../words/language.ts';
import { Board } from './board.tsx';
import { problemsBy, useCheck } from './check.ts';
import { draftOf, keepDraft, writtenMeanwhile } from './drafts.ts';
import { useDrawingHistory } from './history.ts';
import { Review } from './review.tsx';
import { Rules } from './rules.tsx';
import { ShapeFields } from './shape-fields.tsx';
import { type Drawn, type DrawnShape, listsOf, newShape, type Point } from './shapes.ts';
import { Tools } from './tools.tsx';
import { setupWords } from './words.ts';

interface EditorProps {
  readonly setup: SetupReply;
  readonly camera: SetupReply['cameras'][number];
  readonly first: Drawn;
  readonly onSaved: () => void;
  /** Begins anew with what the file has. */
  readonly onReload: () => void;
}

/** What is drawn on one camera, from the file to the file. */
export function Editor({ setup, camera, first, onSaved, onReload }: EditorProps) {
  const words = useWords(setupWords);
  const [draft] = useState(() => draftOf(camera.id));
  const history = useDrawingHistory(draft?.drawn ?? first);
  const { drawn } = history;
  const [chosen, setChosen] = useState<string | null>(null);
  const [drawing, setDrawing] = useState<{ kind: DrawnShape['kind']; corners: readonly Point[] } | null>(null);
  const [saved, setSaved] = useState<SetupSaveReply | null>(null);
  const inFile = setup.file?.sha256 ?? '';
  const [sha256, setSha256] = useState(draft?.sha256 ?? inFile);
  const [written, setWritten] = useState(first);
  const mayCheck = setup.obstacle === null && camera.inFile;
  const { check, trouble, isCurrent } = useCheck(mayCheck ? camera.id : null, drawn, sha256);
  const problemsOf = useMemo(() => problemsBy(drawn, check), [drawn, check]);
  const isUnwritten = drawn !== written && !(isCurrent && check?.difference.length === 0);
  useEffect(() => keepDraft(camera.id, isUnwritten ? { drawn, sha256 } : null), [drawn, sha256, isUnwritten]);
  useEffect(() => {
    // somebody else wrote it meanwhile: what is drawn here is kept all the same, and whoever writes it is told
    if (inFile === sha256 || isUnwritten) return;
    history.begin(first);
    setWritten(first);
    setSha256(inFile);
  }, [inFile]);
  useKeys(history);
  const change = (shape: DrawnShape, of?: string): void =>
    history.draw({ ...drawn, shapes: drawn.shapes.map((one) => (one.key === shape.key ? shape : one)) }, of);
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
    writtenMeanwhile(sha256, reply.sha256);
    setSaved(reply);
    setSha256(reply.sha256);
    setWritten(drawn);
    onSaved();
  };
  const reload = async (): Promise<void> => {
    keepDraft(camera.id, null);
    onReload();
  };
  const wrong = new Set(drawn.shapes.map(({ key }) => key).filter((key) => problemsOf(key).length > 0));
  return (
    <div class="editor">
      <div class="column">
        <Card title={camera.id}>
          {draft !== null && isUnwritten && <p class="reason">{words.unsaved}</p>}
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
            isCurrent={isCurrent}
            trouble={trouble}
            saved={saved}
            isWaiting={camera.waitsForRestart}
            onSave={save}
            onReload={reload}
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
          onChange={(rules, of) => history.draw({ ...drawn, rules }, of)}
        />
      </div>
    </div>
  );
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
