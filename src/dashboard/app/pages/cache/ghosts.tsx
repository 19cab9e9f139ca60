import type { CacheReply } from '../../../api/cache.js';
import { Card } from '../../kit/card.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { bytes, number, percent } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { cacheWords } from './words.ts';

type Ghosts = NonNullable<CacheReply['ghosts']>;
type Curve = Ghosts['curves'][number];

/** A smaller gain is not worth the memory. */
const LEAST_GAIN = 0.02;
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [420, 200, 46, 28, 10];

/** What other sizes and strategies would find: drawn, in a table, and as one sentence of advice. */
export function GhostCard({ ghosts, ghostsOff }: Pick<CacheReply, 'ghosts' | 'ghostsOff'>) {
  const words = useWords(cacheWords);
  if (ghosts === null) {
    return (
      <Card title={words.ghostTitle} hint={words.ghostHint}>
        <p>{words[ghostsOff ?? 'too-few']}</p>
      </Card>
    );
  }
  const sizes = [...new Set(ghosts.curves.map(({ maxBytes }) => maxBytes))].sort((a, b) => a - b);
  const strategies = [...new Set(ghosts.curves.map(({ strategy }) => strategy))];
  return (
    <Card title={words.ghostTitle} hint={words.ghostHint}>
      <p>
        <strong>{adviceOf(ghosts, words)}</strong>
      </p>
      <Drawing ghosts={ghosts} sizes={sizes} strategies={strategies} />
      <GhostTable ghosts={ghosts} sizes={sizes} strategies={strategies} />
      <p class="soft">
        {words.ghostOver(number(ghosts.minutes), percent(ghosts.share, 1))} {words.ghostTries}
      </p>
    </Card>
  );
}

/** The cheapest of the settings that find clearly more. */
function adviceOf({ curves, now }: Ghosts, words: (typeof cacheWords)['en']): string {
  const present = curves.find((curve) => isSame(curve, now))?.hitRatio ?? null;
  if (present === null) return words['too-few'];
  const better = curves
    .filter(({ hitRatio }) => hitRatio !== null && hitRatio >= present + LEAST_GAIN)
    .sort((a, b) => worthOf(b, now, present) - worthOf(a, now, present))[0];
  if (better === undefined) return words.ghostNothing;
  return words.ghostGain(bytes(better.maxBytes), better.strategy, percent(better.hitRatio, 1), percent(present, 1));
}

/** What it finds more, less a hundredth for each doubling of the memory. */
const worthOf = ({ hitRatio, maxBytes }: Curve, now: Ghosts['now'], present: number): number =>
  hitRatio! - present - 0.01 * Math.log2(maxBytes / now.maxBytes);

const isSame = (a: { strategy: string; maxBytes: number }, b: { strategy: string; maxBytes: number }): boolean =>
  a.strategy === b.strategy && a.maxBytes === b.maxBytes;

interface ShapeProps {
  readonly ghosts: Ghosts;
  readonly sizes: readonly number[];
  readonly strategies: readonly string[];
}

function Drawing({ ghosts, sizes, strategies }: ShapeProps) {
  const words = useWords(cacheWords);
  const x = (maxBytes: number): number => {
    const index = sizes.indexOf(maxBytes);
    return LEFT + 16 + (sizes.length === 1 ? 0.5 : index / (sizes.length - 1)) * (WIDTH - LEFT - 40);
  };
  const y = (ratio: number): number => TOP + (1 - ratio) * (HEIGHT - TOP - BOTTOM);
  return (
    <figure class="ghost">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words.ghostChart}>
        {[0, 0.25, 0.5, 0.75, 1].map((ratio) => (
          <g key={ratio}>
            <line class="grid" x1={LEFT} x2={WIDTH} y1={y(ratio)} y2={y(ratio)} />
            <text x={LEFT - 6} y={y(ratio) + 4} text-anchor="end">
              {percent(ratio)}
            </text>
          </g>
        ))}
        {sizes.map((size) => (
          <text key={size} x={x(size)} y={HEIGHT - 8} text-anchor="middle">
            {bytes(size)}
          </text>
        ))}
        {strategies.map((strategy, index) => {
          const points = ghosts.curves.filter((curve) => curve.strategy === strategy && curve.hitRatio !== null);
          return (
            <g key={strategy} class={`c${(index % 6) + 1}`}>
              <polyline points={points.map(({ maxBytes, hitRatio }) => `${x(maxBytes)},${y(hitRatio!)}`).join(' ')} />
              {points.map((point) => (
                <circle
                  key={point.maxBytes}
                  cx={x(point.maxBytes)}
                  cy={y(point.hitRatio!)}
                  r={isSame(point, ghosts.now) ? 7 : 3}
                />
              ))}
            </g>
          );
        })}
      </svg>
      <figcaption class="legend">
        {strategies.map((strategy, index) => (
          <span key={strategy} class={`key c${(index % 6) + 1}`}>
            {strategy}
          </span>
        ))}
        <span class="soft">
          ● {words.inUse}: {ghosts.now.strategy}, {bytes(ghosts.now.maxBytes)}
        </span>
      </figcaption>
    </figure>
  );
}

function GhostTable({ ghosts, sizes, strategies }: ShapeProps) {
  const words = useWords(cacheWords);
  const ratio = (strategy: string, maxBytes: number): string =>
    percent(ghosts.curves.find((curve) => isSame(curve, { strategy, maxBytes }))?.hitRatio, 1);
  const columns: Column<number>[] = [
    { title: words.size, cell: (size) => bytes(size) },
    ...strategies.map((strategy) => ({
      title: strategy,
      isNumber: true,
      cell: (size: number) => (
        <span class={isSame({ strategy, maxBytes: size }, ghosts.now) ? 'now' : undefined}>
          {ratio(strategy, size)}
        </span>
      ),
    })),
  ];
  return <Table caption={words.ghostTitle} columns={columns} rows={sizes} keyOf={String} />;
}
