import { useEffect, useState } from 'preact/hooks';
import type { CamerasReply } from '../../../api/now.ts';
import { useApi } from '../../data/api.ts';
import { hrefOf, useAddress } from '../../frame/address.ts';
import { Badge } from '../../kit/badge.tsx';
import { Answered, Empty } from '../../kit/state.tsx';
import { duration, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { AnswerFeed } from './answer-feed.ts';
import { CameraCard } from './camera-card.tsx';
import './now.css';
import { nowWords } from './words.ts';

/** What each camera shows and does at this moment. */
export default function Now() {
  const cameras = useApi<CamerasReply>('/api/v1/cameras', { everyMs: 2000 });
  const [feed, setFeed] = useState<AnswerFeed | null>(null);
  const isAllowed = cameras.data !== null;
  useEffect(() => {
    if (!isAllowed) return undefined;
    const next = new AnswerFeed();
    setFeed(next);
    return () => next.stop();
  }, [isAllowed]);
  return <Answered asked={cameras}>{(data) => <Shown data={data} feed={feed} />}</Answered>;
}

function Shown({ data, feed }: { readonly data: CamerasReply; readonly feed: AnswerFeed | null }) {
  const words = useWords(nowWords);
  const wanted = useAddress().words.get('camera');
  const alone = data.cameras.find(({ id }) => id === wanted);
  const shown = alone === undefined ? data.cameras : [alone];
  return (
    <>
      <Device data={data} />
      {data.cameras.length === 0 && <NoCamera isTenant={data.detector === null} />}
      {alone !== undefined && (
        <p>
          <a href={hrefOf('now')}>← {words.all}</a>
        </p>
      )}
      <div class={alone === undefined ? 'cards' : undefined}>
        {shown.map((camera) => (
          <CameraCard
            key={camera.id}
            camera={camera}
            feed={feed}
            isAlone={alone !== undefined}
            mayDraw={data.detector !== null}
          />
        ))}
      </div>
    </>
  );
}

function Device({ data: { isDetecting, detector, uptimeS } }: { readonly data: CamerasReply }) {
  const words = useWords(nowWords);
  return (
    <>
      <p class="device">
        <Badge
          text={`${words.detecting}: ${isDetecting ? words.detects : words.detectsNot}`}
          standing={isDetecting ? 'good' : 'bad'}
        />
        {detector !== null && (
          <>
            <span title={words.modelNote}>
              {words.model} <b>{detector.model}</b> <code>{detector.variant}</code>
            </span>
            <span title={words.providerNote}>
              {words.provider} <b>{detector.provider ?? '–'}</b>
            </span>
            <span title={words.thresholdNote}>
              {words.threshold} <b>{number(detector.scoreThreshold, 2)}</b>
            </span>
          </>
        )}
        <span>
          {words.uptime} <b>{duration(uptimeS)}</b>
        </span>
      </p>
      {detector?.refusedProviders.map((one) => (
        <p key={one} class="reason warning">
          {words.refused}: <span lang="en">{one}</span>
        </p>
      ))}
      {!isDetecting && detector?.problem != null && (
        <p class="reason bad" lang="en">
          {detector.problem}
        </p>
      )}
    </>
  );
}

function NoCamera({ isTenant }: { readonly isTenant: boolean }) {
  const words = useWords(nowWords);
  if (isTenant) return <Empty title={words.noTenantCamera} />;
  return (
    <Empty title={words.noCamera}>
      <p>
        {words.noCameraTodo} <code>edge-optimizer config init --out site.yaml</code>. {words.noCameraTodo2}{' '}
        <code>edge-optimizer config check site.yaml</code>.
      </p>
    </Empty>
  );
}
