import type { Drawn } from './shapes.ts';

/** What is drawn on a camera and not written. */
interface Draft {
  readonly drawn: Drawn;
  /** Of the file that it was drawn upon. */
  readonly sha256: string;
}

const drafts = new Map<string, Draft>();

/** What was drawn on a camera before somebody looked at another one, or at another page; null: nothing that is not written. */
export const draftOf = (camera: string): Draft | null => drafts.get(camera) ?? null;

/** Keeps it for as long as this tab is open, or no longer. Who closes the tab while there is any is asked. */
export function keepDraft(camera: string, draft: Draft | null): void {
  if (draft === null) drafts.delete(camera);
  else drafts.set(camera, draft);
  if (drafts.size === 0) window.removeEventListener('beforeunload', ask);
  else window.addEventListener('beforeunload', ask);
}

/** The file was written from here: what is drawn on other cameras stands in lists of their own, and can be written upon it. */
export function writtenMeanwhile(before: string, now: string): void {
  for (const [camera, draft] of drafts) if (draft.sha256 === before) drafts.set(camera, { ...draft, sha256: now });
}

const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
