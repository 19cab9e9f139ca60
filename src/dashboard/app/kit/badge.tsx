import type { Standing } from './tile.tsx';

/** A word that says how something stands; its colour only repeats it. */
export function Badge({ text, standing = 'none' }: { readonly text: string; readonly standing?: Standing }) {
  return <span class={`badge ${standing}`}>{text}</span>;
}
