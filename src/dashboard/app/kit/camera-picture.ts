import { useEffect, useState } from 'preact/hooks';
import type { LiveAnswer } from '../../api/now.ts';
import { getBlobAnd, type Trouble, troubleOf } from '../data/api.ts';

/** A picture of a camera as the browser holds it. */
export interface ShownPicture {
  /** `blob:…`; null before the first. */
  readonly url: string | null;
  /** What was answered to this very picture. */
  readonly answer: LiveAnswer | null;
  /** Why the newest could not be had; null while pictures come. */
  readonly trouble: Trouble | null;
}

const NOTHING: ShownPicture = { url: null, answer: null, trouble: null };
const AFTER_TROUBLE_MS = 3000;

/**
 * Pictures of a camera, one after the other, while the page is seen: the next is asked for when the last is here.
 *
 * @param everyMs from one request to the next at least; null: none is asked for
 */
export function useCameraPicture(camera: string, everyMs: number | null): ShownPicture {
  const [shown, setShown] = useState<ShownPicture>(NOTHING);
  useEffect(() => {
    if (everyMs === null) return undefined;
    const gone = new AbortController();
    let [timer, url] = [0, null as string | null];
    const load = async (): Promise<void> => {
      clearTimeout(timer);
      const began = performance.now();
      let waitMs = everyMs;
      if (!document.hidden) {
        try {
          const path = `/api/v1/cameras/${encodeURIComponent(camera)}/picture`;
          const [blob, told] = await getBlobAnd(path, 'x-answer', gone.signal);
          if (gone.signal.aborted) return;
          const last = url;
          url = URL.createObjectURL(blob);
          setShown({ url, answer: answerIn(told), trouble: null });
          if (last !== null) URL.revokeObjectURL(last);
        } catch (error) {
          if (gone.signal.aborted) return;
          setShown((last) => ({ ...last, trouble: troubleOf(error) }));
          waitMs = AFTER_TROUBLE_MS;
        }
      }
      timer = window.setTimeout(load, Math.max(50, waitMs - (performance.now() - began)));
    };
    void load();
    return () => {
      gone.abort();
      clearTimeout(timer);
      // what it held is gone
      setShown(NOTHING);
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [camera, everyMs]);
  return shown;
}

const answerIn = (header: string | null): LiveAnswer | null =>
  header === null ? null : (JSON.parse(decodeURIComponent(header)) as LiveAnswer);

/** Whether an element is in view, so that nothing is fetched for what nobody sees. */
export function useInView(element: { readonly current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return isSeen;
}
