import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CameraNow } from '../../../api/now.ts';
import { useCameraPicture, useInView } from '../../kit/camera-picture.ts';
import { number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { useSaid } from '../../words/said.ts';
import type { AnswerFeed, FedAnswer } from './answer-feed.ts';
import { drawOver } from './drawing.ts';
import { nowWords } from './words.ts';

interface LiveViewProps {
  readonly camera: CameraNow;
  readonly feed: AnswerFeed | null;
  /** ms between two pictures. */
  readonly everyMs: number;
}

const NO_SHAPES = { lines: [], zones: [], masks: [] };

/** The live picture of a camera; boxes, tracks, lines and zones are drawn over it as the answers come. */
export function LiveView({ camera, feed, everyMs }: LiveViewProps) {
  const words = useWords(nowWords);
  const said = useSaid();
  const figure = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef<FedAnswer | null>(null);
  const [told, setTold] = useState<FedAnswer['answer'] | null>(null);
  const isSeen = useInView(figure);
  const mayCome = camera.paused === null && ['starting', 'streaming'].includes(camera.state);
  const { url, answer, trouble } = useCameraPicture(camera.id, isSeen && mayCome ? everyMs : null);
  const isShown = url !== null && trouble === null;
  useEffect(() => {
    if (!isSeen || feed === null) return undefined;
    return feed.follow(camera.id, (fed) => {
      latest.current = fed;
      setTold(fed.answer);
    });
  }, [feed, camera.id, isSeen]);
  useLayoutEffect(() => {
    const size = answer ?? told;
    if (size !== null) figure.current?.style.setProperty('--ratio', `${size.width} / ${size.height}`);
    if (canvas.current === null) return;
    if (isShown) drawOver(canvas.current, camera, answer, latest.current?.trails ?? new Map());
    else drawOver(canvas.current, NO_SHAPES, null, new Map());
  });
  const counts = Object.entries(camera.vehicles).map(([name, count]) => `${number(count)} ${name}`);
  const seen = words.seen(counts.length === 0 ? words.nothing : counts.join(', '));
  return (
    <figure class="live" ref={figure}>
      <div class={isShown || mayCome ? 'live-picture' : 'live-picture gone'}>
        {isShown ? (
          <img src={url} alt={`${words.picture(camera.id)}. ${seen}`} />
        ) : (
          <p class="live-none">{mayCome && trouble === null ? words.waiting : words.noPicture}</p>
        )}
        <canvas ref={canvas} />
      </div>
      <figcaption>
        {isShown && answer !== null ? (
          <span class={`origin ${answer.origin}`}>
            {words.answer}: {words.origins[answer.origin] ?? answer.origin}
            {answer.ageMs > 0 && ` · ${words.age(`${number(answer.ageMs)} ms`)}`}
          </span>
        ) : (
          <span class="soft">{mayCome && trouble !== null && 'text' in trouble ? said(trouble.text) : ' '}</span>
        )}
      </figcaption>
    </figure>
  );
}
