import type { DatabaseView } from '../../../api/database.js';
import { Badge } from '../../kit/badge.tsx';
import { Coded } from '../../kit/coded.tsx';
import type { Standing } from '../../kit/tile.tsx';
import { bytes, number, percent } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { type DatabaseWords, databaseWords } from './words.ts';

type Health = NonNullable<DatabaseView['health']>;
type Part = Health['parts'][number];

/** How a score between 0 and 1 stands. */
export const standingOfScore = (score: number | null): Standing =>
  score === null ? 'none' : score >= 0.9 ? 'good' : score >= 0.5 ? 'fair' : 'bad';

/** What the health of a database is made of: what is not as it should be first, with what to do. */
export function HealthParts({ health }: { readonly health: Health }) {
  const words = useWords(databaseWords);
  const measured = health.parts.filter(({ score }) => score !== null);
  const poor = measured.filter(({ remedy }) => remedy !== null).sort((a, b) => a.score! - b.score!);
  const fine = measured.filter(({ remedy }) => remedy === null);
  const unmeasured = health.parts.filter(({ score }) => score === null);
  return (
    <>
      <ul class="lines">
        {poor.map((part) => (
          <PartLine key={part.name} part={part} />
        ))}
      </ul>
      <details>
        <summary>{words.fineParts(fine.length)}</summary>
        <ul class="lines">
          {fine.map((part) => (
            <PartLine key={part.name} part={part} />
          ))}
        </ul>
        {unmeasured.length > 0 && (
          <p class="soft">
            {words.notMeasured}: {unmeasured.map((part) => nameOf(part, words)).join(', ')}
          </p>
        )}
      </details>
    </>
  );
}

const nameOf = ({ name }: Part, words: DatabaseWords): string => words.parts[name]?.[0] ?? name;

function PartLine({ part }: { readonly part: Part }) {
  const words = useWords(databaseWords);
  const { name, score, value, goal, remedy } = part;
  return (
    <li>
      <strong>{nameOf(part, words)}</strong>: {written(value, words)}{' '}
      <Badge text={remedy === null ? words.fine : words.scored(percent(score))} standing={standingOfScore(score)} />{' '}
      <span class="soft">{words.shouldBe(written(goal, words))}</span>
      {remedy !== null && <span class="block">{words.parts[name]?.[1] ?? remedy}</span>}
    </li>
  );
}

/** As the language writes numbers. */
function written(text: string, words: DatabaseWords): string {
  const point = number(1.5, 1).charAt(1);
  return words.values[text] ?? text.replace('>=', '≥').replace('<=', '≤').replace('.', point);
}

/** What somebody may do for it. */
export function Hints({ hints }: Pick<DatabaseView, 'hints'>) {
  const words = useWords(databaseWords);
  return (
    <>
      <h3>{words.hintsTitle}</h3>
      {hints.length === 0 && <p class="soft">{words.hintsNone}</p>}
      <ul>
        {hints.map((hint) => (
          <li key={hint.what}>
            <Coded text={hintInWords(hint, words)} />
          </li>
        ))}
      </ul>
    </>
  );
}

function hintInWords({ what, bytes: size }: DatabaseView['hints'][number], words: DatabaseWords): string {
  if (what === 'vacuum' || what === 'checkpoint') return words[what](bytes(size));
  return what === 'statistics' ? words.statisticsHint : words[what];
}
