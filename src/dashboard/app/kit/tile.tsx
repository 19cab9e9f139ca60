import type { ComponentChildren } from 'preact';
import { NONE } from '../words/formats.ts';
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
    <div class={`tile ${standing}${value === NONE ? ' unread' : ''}`}>
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

interface TilesProps {
  /** On a phone without what each means, so that many fit; why one has no reading stays. */
  readonly isShort?: boolean;
  readonly children: ComponentChildren;
}

/** Tiles beside one another. */
export function Tiles({ isShort = false, children }: TilesProps) {
  return <dl class={isShort ? 'tiles short' : 'tiles'}>{children}</dl>;
}
