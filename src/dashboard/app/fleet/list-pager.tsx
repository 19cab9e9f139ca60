interface ListPagerProps {
  /** Whether what is shown is not the first page. */
  readonly isLater: boolean;
  /** What the next page is asked for by; null: there is none. */
  readonly next: string | null;
  /** What the buttons say. */
  readonly first: string;
  readonly more: string;
  /** @param page undefined: the first */
  readonly onTurn: (page: string | undefined) => void;
}

/** Turns the pages of a list that knows its next page alone; nothing where there is but one. */
export function ListPager({ isLater, next, first, more, onTurn }: ListPagerProps) {
  if (!isLater && next === null) return null;
  return (
    <div class="pager">
      <button type="button" disabled={!isLater} onClick={() => onTurn(undefined)}>
        {first}
      </button>
      <button type="button" disabled={next === null} onClick={() => onTurn(next ?? undefined)}>
        {more}
      </button>
    </div>
  );
}
