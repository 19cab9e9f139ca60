import type { ComponentChildren } from 'preact';
import { Coded } from './coded.tsx';

/** How something stands. */
export type Standing = 'good' | 'fair' | 'bad' | 'none';

interface TileProps {
  readonly label: string;
  /** With its unit; a dash where there is no reading. */
  readonly value: string;
  /** What it means, or why there is no reading. */
  readonly note?: string | undefined;
  readonly standing?: Standing | undefined;
}

/** One number that matters. */
export function Tile({ label, value, note, standing = 'none' }: TileProps) {
  return (
    <div class={`tile ${standing}`}>
      <dt>{label}</dt>
      <dd>
        <span class="value">{value}</span>
        {note !== undefined && (
          <span class="soft">
            <Coded text={note} />
          </span>
        )}
      </dd>
    </div>
  );
}

/** Tiles beside one another. */
export function Tiles({ children }: { readonly children: ComponentChildren }) {
  return <dl class="tiles">{children}</dl>;
}
