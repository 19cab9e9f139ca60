import type { DatabaseQueryView, DatabaseView } from '../../../api/database.js';
import { Badge } from '../../kit/badge.tsx';
import { Said } from '../../kit/said.tsx';
import { dayAndTime, number, percent } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { querySpan } from './query-span.ts';
import { databaseWords } from './words.ts';

const AT_FIRST = 5;

/** What a database is asked, that of most time first, each with its plan. */
export function Queries({ queries, isCounted }: Pick<DatabaseView, 'queries' | 'isCounted'>) {
  const words = useWords(databaseWords);
  return (
    <>
      <h3>{words.queriesTitle}</h3>
      <p class="soft">{isCounted ? words.queriesHint : words.notCounted}</p>
      {queries.length === 0 && <p class="soft">{words.queriesNone}</p>}
      <List queries={queries.slice(0, AT_FIRST)} />
      {queries.length > AT_FIRST && (
        <details>
          <summary>{words.moreQueries(queries.length)}</summary>
          <List queries={queries.slice(AT_FIRST)} />
        </details>
      )}
    </>
  );
}

function List({ queries }: { readonly queries: readonly DatabaseQueryView[] }) {
  return (
    <ul class="lines">
      {queries.map((query) => (
        <li key={query.id}>
          <One query={query} />
        </li>
      ))}
    </ul>
  );
}

function One({ query }: { readonly query: DatabaseQueryView }) {
  const words = useWords(databaseWords);
  const { text, calls, meanMs, p95Ms, share, slow, smells, plan, slowestMs, slowestAt, slowestValues } = query;
  return (
    <>
      <code class="block">{text}</code>
      <span class="soft">
        {`${words.calls}: ${number(calls)} · ${words.meanTime}: ${querySpan(meanMs)} · ${words.p95}: ${querySpan(p95Ms)} · ${words.share}: ${percent(share)}`}
      </span>{' '}
      {slow > 0 && <Badge text={`${words.slow}: ${number(slow)}`} standing="fair" />}
      {smells.map(({ code, seen }) => (
        <span key={`${code} ${seen}`} class="block">
          {words.smells[code] ?? seen}{' '}
          <span class="soft">
            (<Said text={seen} />)
          </span>
        </span>
      ))}
      <details>
        <summary>{words.details}</summary>
        {slowestMs !== null && (
          <p>{words.slowest(querySpan(slowestMs), dayAndTime(slowestAt), slowestValues || '–')}</p>
        )}
        {plan === null ? (
          <p class="soft">{words.planNone}</p>
        ) : (
          <>
            <p>{words.plan}:</p>
            <pre>{plan.join('\n')}</pre>
          </>
        )}
      </details>
    </>
  );
}
