import type { CameraNamesReply, SlowTimesReply } from '../../../api/performance.js';
import { useApi } from '../../data/api.ts';
import { useSeveral } from '../../data/several.ts';
import { replaceWords, useAddress } from '../../frame/address.ts';
import { Happenings, useHappenings } from '../../kit/happenings.tsx';
import { Answered, Empty } from '../../kit/state.tsx';
import { TimeWindowChooser, useTimeWords } from '../../kit/time-window.tsx';
import { duration } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { PerformanceCharts } from './charts.tsx';
import { EachCamera, PerformanceTiles } from './numbers.tsx';
import './performance.css';
import { SlowTimes } from './slow-times.tsx';
import { performanceWords } from './words.ts';

const METRICS = [
  'latency_p50',
  'latency_p95',
  'frames_captured',
  'frames_answered',
  'frames_dropped',
  'fps_inferred',
  'fps_wanted',
  'estimated_f1',
  'estimated_f1_low',
];

/** How fast and how well the cameras are answered, over any time, and why it was slow. */
export default function Performance() {
  const words = useWords(performanceWords);
  const { words: address } = useAddress();
  const camera = address.get('camera') ?? undefined;
  const time = useTimeWords();
  const data = useSeveral([...METRICS, 'stage_p50', 'stage_p95'], time, { camera });
  const stages = useSeveral(camera === undefined ? [] : ['stage_latency'], time, { camera, values: 'mean,p95' });
  const happenings = useHappenings(time);
  const slow = useApi<SlowTimesReply>('/api/v1/slow-times', {
    words: { ...time, camera },
    everyMs: time.until === undefined ? 300_000 : 0,
  });
  return (
    <>
      <p class="soft">{words.intro}</p>
      <div class="chooser">
        <TimeWindowChooser />
        <CameraChooser camera={camera} />
      </div>
      <Answered asked={data}>
        {(several) =>
          several.series.length === 0 ? (
            <Empty title={words.nothing}>
              <p>{words.nothingHint}</p>
            </Empty>
          ) : (
            <>
              <PerformanceTiles data={several} camera={camera} />
              <SlowTimes asked={slow} happenings={happenings.data} />
              <PerformanceCharts
                data={
                  stages.data?.steps !== several.steps
                    ? several
                    : { ...several, series: [...several.series, ...stages.data.series] }
                }
                camera={camera}
                happenings={happenings.data}
              />
              {several.keptStepMs !== null && several.keptStepMs > several.stepMs && (
                <p class="soft">{words.kept(duration(several.keptStepMs / 1000))}</p>
              )}
              {camera === undefined && <EachCamera data={several} />}
            </>
          )
        }
      </Answered>
      <Happenings asked={happenings} />
    </>
  );
}

function CameraChooser({ camera }: { readonly camera: string | undefined }) {
  const words = useWords(performanceWords);
  const { data } = useApi<CameraNamesReply>('/api/v1/camera-names');
  const known = data?.cameras ?? [];
  const cameras = camera === undefined || known.includes(camera) ? known : [camera, ...known];
  return (
    <label>
      {words.camera}
      <select
        value={camera ?? ''}
        onChange={({ currentTarget }) => replaceWords({ camera: currentTarget.value || undefined })}
      >
        <option value="">{words.allCameras}</option>
        {cameras.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
