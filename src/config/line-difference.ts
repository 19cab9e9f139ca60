/** A line of a text that is compared with another: in both, only in the one before, or only in the one after. */
export interface DifferingLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** Counted from 1: in the text after, or of a removed line in the one before. */
  readonly line: number;
}

/** Lines around a change that are shown with it. */
const CONTEXT = 2;
/** Above this product of differing lines all are told as removed and added: the table would take megabytes. */
const MOST_CELLS = 1_000_000;

/** What became of a text, by its lines; of those that stayed, only the nearest to a change. */
export function lineDifference(before: string, after: string): DifferingLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const start = commonStart(old, now);
  const end = commonStart(old.slice(start).reverse(), now.slice(start).reverse());
  const middle = between(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const same = (text: string): Omit<DifferingLine, 'line'> => ({ kind: 'same', text });
  const all = [...now.slice(0, start).map(same), ...middle, ...now.slice(now.length - end).map(same)];
  return nearChanges(numbered(all));
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

function commonStart(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count] === b[count]) count++;
  return count;
}

type Unnumbered = Omit<DifferingLine, 'line'>;

/** By the longest common subsequence. */
function between(old: readonly string[], now: readonly string[]): Unnumbered[] {
  const removed = (text: string): Unnumbered => ({ kind: 'removed', text });
  const added = (text: string): Unnumbered => ({ kind: 'added', text });
  const width = now.length + 1;
  if (old.length * now.length > MOST_CELLS) return [...old.map(removed), ...now.map(added)];
  const longest = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const [down, right] = [longest[(i + 1) * width + j]!, longest[i * width + j + 1]!];
      longest[i * width + j] = old[i] === now[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(down, right);
    }
  }
  const lines: Unnumbered[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: 'same', text: now[j]! });
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      lines.push(removed(old[i++]!));
    } else lines.push(added(now[j++]!));
  }
  return lines;
}

function numbered(lines: readonly Unnumbered[]): DifferingLine[] {
  let [old, now] = [0, 0];
  return lines.map((one) => {
    if (one.kind !== 'added') old++;
    if (one.kind !== 'removed') now++;
    return { ...one, line: one.kind === 'removed' ? old : now };
  });
}

function nearChanges(lines: readonly DifferingLine[]): DifferingLine[] {
  const near = new Set<number>();
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    for (let at = index - CONTEXT; at <= index + CONTEXT; at++) near.add(at);
  }
  return lines.filter((_, index) => near.has(index));
}
