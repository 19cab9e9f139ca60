import { useMemo, useState } from 'preact/hooks';
import type { SetupReply } from '../../../api/setup.ts';
import { useApi } from '../../data/api.ts';
import { replaceWords, useAddress } from '../../frame/address.ts';
import { Said } from '../../kit/said.tsx';
import { Answered, Empty } from '../../kit/state.tsx';
import { useWords } from '../../words/language.ts';
import { Editor } from './editor.tsx';
import './setup.css';
import { drawnOf } from './shapes.ts';
import { setupWords } from './words.ts';

/** Draws lines, zones, rules and masks of a camera, and writes them into the site's file. */
export default function Setup() {
  const [loads, setLoads] = useState(0);
  return <FromFile key={loads} onReload={() => setLoads(loads + 1)} />;
}

function FromFile({ onReload }: { readonly onReload: () => void }) {
  const setup = useApi<SetupReply>('/api/v1/setup');
  return (
    <Answered asked={setup}>{(data) => <Shown setup={data} onSaved={setup.reload} onReload={onReload} />}</Answered>
  );
}

function Shown({ setup, ...onFile }: Omit<OfCameraProps, 'camera'>) {
  const words = useWords(setupWords);
  const wanted = useAddress().words.get('camera');
  const camera = setup.cameras.find(({ id }) => id === wanted) ?? setup.cameras[0];
  const detail = setup.obstacle?.detail ?? null;
  if (camera === undefined) return <Empty title={words.noCamera}>{detail !== null && <Said text={detail} />}</Empty>;
  return (
    <>
      <p class="soft">{words.hint}</p>
      {setup.obstacle !== null && (
        <div class="reason bad">
          <p>
            <strong>{words.obstacles[setup.obstacle.code]}</strong>
          </p>
          {detail !== null && (
            <p>
              <Said text={detail} />
            </p>
          )}
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
      <OfCamera setup={setup} camera={camera} {...onFile} />
    </>
  );
}

interface OfCameraProps {
  readonly setup: SetupReply;
  readonly camera: SetupReply['cameras'][number];
  readonly onSaved: () => void;
  readonly onReload: () => void;
}

function OfCamera({ setup, camera, ...onFile }: OfCameraProps) {
  const words = useWords(setupWords);
  const drawn = useMemo(() => drawnOf(camera.shapes), [camera]);
  if (drawn === null) return <p class="reason bad">{words.notDrawable}</p>;
  // the file may change while somebody draws: only another camera begins anew
  return <Editor key={camera.id} setup={setup} camera={camera} first={drawn} {...onFile} />;
}
