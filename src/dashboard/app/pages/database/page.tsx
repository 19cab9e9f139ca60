import '../../kit/happenings.css';
import type { DatabasesReply, DatabaseView } from '../../../api/database.js';
import { useApi } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { Answered, Empty } from '../../kit/state.tsx';
import { Tile, Tiles } from '../../kit/tile.tsx';
import { StrategyTrials } from '../../kit/trials.tsx';
import { bytes, NONE, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { useSaid } from '../../words/said.ts';
import { Examination } from './examination.tsx';
import { HealthParts, Hints, standingOfScore } from './health.tsx';
import { Queries } from './queries.tsx';
import { databaseWords } from './words.ts';

/** How the databases are, what they are asked, and what would make them faster. */
export default function DatabasePage() {
  const words = useWords(databaseWords);
  const asked = useApi<DatabasesReply>('/api/v1/databases', { everyMs: 15_000 });
  return (
    <>
      <p class="soft">{words.intro}</p>
      <Answered asked={asked}>
        {({ databases, trials }) => (
          <>
            {databases.length === 0 && <Empty title={words.none} />}
            {databases.map((database) => (
              <One key={database.name} database={database} />
            ))}
            <StrategyTrials trials={trials} />
          </>
        )}
      </Answered>
    </>
  );
}

function One({ database }: { readonly database: DatabaseView }) {
  const words = useWords(databaseWords);
  const said = useSaid();
  const { name, file, bytes: size, walBytes, health, problem, hints } = database;
  return (
    <Card title={name} hint={file}>
      {problem !== null && <p class="problem">{words.notOpen(said(problem))}</p>}
      <Tiles>
        <Tile
          label={words.health}
          value={health === null || health.score === null ? NONE : words.of100(number(health.score))}
          note={health === null ? words.healthNone : undefined}
          standing={standingOfScore(health?.score == null ? null : health.score / 100)}
        />
        <Tile
          label={words.size}
          value={bytes(size)}
          note={walBytes === null ? undefined : words.sizeNote(bytes(walBytes))}
        />
      </Tiles>
      {health !== null && <HealthParts health={health} />}
      {problem === null && <Hints hints={hints} />}
      <Queries queries={database.queries} isCounted={database.isCounted} />
      {problem === null && <Examination database={database} />}
    </Card>
  );
}
