import type { EvidenceReply } from '../../../../../collector/api/overview-shapes.ts';
import { getBlob, useApi } from '../../../data/api.ts';
import { Card } from '../../../kit/card.tsx';
import { Coded } from '../../../kit/coded.tsx';
import { Answered } from '../../../kit/state.tsx';
import { dayAndTime, NONE, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { useMayBegin } from '../../may-change.ts';
import { AskedEvidence } from './asked-evidence.tsx';
import { evidenceWords } from './evidence-words.ts';
import { Shot, shotButton } from './shot.tsx';
import { deviceFleetWords } from './words.ts';

const MOST_RECORDS = 12;

/** Evidence that the device sent, and what it is asked for; pictures come when somebody wants them. */
export function DeviceEvidence({ path }: { readonly path: string }) {
  const words = useWords(evidenceWords);
  const { events } = useWords(deviceFleetWords);
  const asked = useApi<EvidenceReply>(`${path}/evidence`, { words: { limit: MOST_RECORDS } });
  const mayAsk = useMayBegin();
  return (
    <Card title={words.evidence} hint={words.evidenceHint}>
      <Answered asked={asked}>
        {({ records }) =>
          records.length === 0 ? (
            <p class="soft">
              <Coded text={words.noEvidence} />
            </p>
          ) : (
            <ul class="shots">
              {records.map(({ at, camera, chain, record, kind, pictures }) => (
                <li key={`${chain} ${record}`}>
                  <Shot
                    title={`${kind === null ? NONE : (events[kind] ?? kind)} · ${camera ?? NONE}`}
                    about={`${dayAndTime(at)} · ${words.record} ${number(record)}`}
                    name={number(record)}
                    pictures={pictures.map((role) =>
                      shotButton(role, words.show[role], () => getBlob(`${path}/evidence/${chain}/${record}/${role}`)),
                    )}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
      {mayAsk && <AskedEvidence path={path} />}
    </Card>
  );
}
