import { useEffect, useState } from 'preact/hooks';
import type { EvidenceReply } from '../../../../../collector/api/overview-shapes.ts';
import { getBlob, type Trouble, troubleOf, useApi } from '../../../data/api.ts';
import { Card } from '../../../kit/card.tsx';
import { Coded } from '../../../kit/coded.tsx';
import { Answered, Problem } from '../../../kit/state.tsx';
import { dayAndTime, NONE, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { deviceFleetWords } from './words.ts';

const MOST_RECORDS = 12;

/** Evidence that the device sent; pictures come when somebody asks for them. */
export function DeviceEvidence({ path }: { readonly path: string }) {
  const words = useWords(deviceFleetWords);
  const asked = useApi<EvidenceReply>(`${path}/evidence`, { words: { limit: MOST_RECORDS } });
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
              {records.map((one) => (
                <li key={`${one.chain} ${one.record}`}>
                  <Shot record={one} path={`${path}/evidence/${one.chain}/${one.record}`} />
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}

type Role = EvidenceReply['records'][number]['pictures'][number];

function Shot({ record, path }: { readonly record: EvidenceReply['records'][number]; readonly path: string }) {
  const words = useWords(deviceFleetWords);
  const [source, setSource] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => () => URL.revokeObjectURL(source ?? ''), [source]);
  const show = async (role: Role): Promise<void> => {
    setTrouble(null);
    try {
      setSource(URL.createObjectURL(await getBlob(`${path}/${role}`)));
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <>
      <strong>{record.kind ?? NONE}</strong> · {record.camera ?? NONE}
      <br />
      <span class="soft">
        {dayAndTime(record.at)} · {words.record} {number(record.record)}
      </span>
      <div class="buttons">
        {record.pictures.map((role) => (
          <button key={role} type="button" onClick={() => void show(role)}>
            {words.show[role]}
          </button>
        ))}
      </div>
      {trouble !== null && <Problem trouble={trouble} />}
      {source !== null && <img src={source} alt={words.picture(number(record.record))} />}
    </>
  );
}
