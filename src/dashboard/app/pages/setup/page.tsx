import { useMemo } from 'preact/hooks';
import type { SetupReply } from '../../../api/setup.ts';
import { useApi } from '../../data/api.ts';
import { replaceWords, useAddress } from '../../frame/address.ts';
import { Answered, Empty } from '../../kit/state.tsx';
import { useWords } from '../../words/language.ts';
import { Editor } from './editor.tsx';
import './setup.css';
import { drawnOf } from './shapes.ts';
import { setupWords } from './words.ts';

/** Draws lines, zones, rules and masks of a camera, and writes them into the site's file. */
export default function Setup() {
  const setup = useApi<SetupReply>('/api/v1/setup');
  return <Answered asked={setup}>{(data) => <Shown setup={data} onReload={setup.reload} />}</Answered>;
}

function Shown({ setup, onReload }: { readonly setup: SetupReply; readonly onReload: () => void }) {
  const words = useWords(setupWords);
  const wanted = useAddress().words.get('camera');
  const camera = setup.cameras.find(({ id }) => id === wanted) ?? setup.cameras[0];
  if (camera === undefined) return <Empty title={words.noCamera}>{setup.obstacle?.detail}</Empty>;
  return (
    <>
      <p class="soft">{words.hint}</p>
      {setup.obstacle !== null && (
        <div class="reason bad">
          <p>
            <strong>{words.obstacles[setup.obstacle.code]}</strong>
          </p>
          <p lang="en">{setup.obstacle.detail}</p>
        </div>
      )}
      <label>
        {words.camera}
        <select value={camera.id} onChange={({ currentTarget }) => replaceWords({ camera: currentTarget.value })}>
          {setup.cameras.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      {setup.obstacle === null && !camera.inFile && <p class="reason bad">{words.notInFile}</p>}
      <OfCamera setup={setup} camera={camera} onReload={onReload} />
    </>
  );
}

interface OfCameraProps {
  readonly setup: SetupReply;
  readonly camera: SetupReply['cameras'][number];
  readonly onReload: () => void;
}

function OfCamera({ setup, camera, onReload }: OfCameraProps) {
  const words = useWords(setupWords);
  const drawn = useMemo(() => drawnOf(camera.shapes), [camera]);
  if (drawn === null) return <p class="reason bad">{words.notDrawable}</p>;
  // another camera, or another file, begins anew
  return (
    <Editor
      key={`${camera.id} ${setup.file?.sha256}`}
      setup={setup}
      camera={camera}
      first={drawn}
      onReload={onReload}
    />
  );
}
