import { useEffect, useState } from 'preact/hooks';
import type { SetupCheckReply } from '../../../api/setup.ts';
import { post, type Trouble, troubleOf } from '../../data/api.ts';
import { type Drawn, listsOf, placeOf } from './shapes.ts';

/** ms after the last change until the device is asked what it thinks of it. */
const CHECK_AFTER_MS = 400;

interface Checked {
  /** What was checked; null: nothing yet. */
  readonly of: Drawn | null;
  readonly check: SetupCheckReply | null;
  readonly trouble: Trouble | null;
}

/** What the device says of what is drawn, a moment after it has changed. @param camera null: it is not asked */
export function useCheck(camera: string | null, drawn: Drawn, sha256: string) {
  const [state, setState] = useState<Checked>({ of: null, check: null, trouble: null });
  useEffect(() => {
    if (camera === null) return undefined;
    let isWanted = true;
    const timer = window.setTimeout(() => {
      post<SetupCheckReply>('/api/v1/setup/check', { camera, shapes: listsOf(drawn) }).then(
        (check) => isWanted && setState({ of: drawn, check, trouble: null }),
        (error: unknown) => isWanted && setState({ of: drawn, check: null, trouble: troubleOf(error) }),
      );
    }, CHECK_AFTER_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [camera, drawn, sha256]);
  return { ...state, isCurrent: state.of === drawn };
}

/** What is wrong with a shape or rule, by its key. */
export function problemsBy(drawn: Drawn, check: SetupCheckReply | null): (key: string) => readonly string[] {
  return (key) => {
    const place = placeOf(drawn, key);
    const found = (check?.problems ?? []).filter(({ at }) =>
      at.some((path) => path === place || path.startsWith(`${place}.`)),
    );
    return found.map(({ text }) => text);
  };
}
