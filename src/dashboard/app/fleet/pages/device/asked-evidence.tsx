import { useState } from 'preact/hooks';
import type { AskedEvidenceReply } from '../../../../../collector/api/asked-evidence-routes.ts';
import { post, postForBlob, type Trouble, troubleOf } from '../../../data/api.ts';
import { Problem } from '../../../kit/state.tsx';
import { dayAndTime, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { useVehicleClass } from '../../vehicle-class.ts';
import { evidenceWords } from './evidence-words.ts';
import { Shot, shotButton } from './shot.tsx';
import { deviceFleetWords } from './words.ts';

/** The collector waits 20 s for a device; a picture then takes its time. */
const TIMEOUT_MS = 60_000;
const MOST_RECORDS = 12;

/** Asks a device for evidence that it keeps, for who may begin actions; nothing of it stays here or at the collector. */
export function AskedEvidence({ path }: { readonly path: string }) {
  const words = useWords(evidenceWords);
  const { events } = useWords(deviceFleetWords);
  const classOf = useVehicleClass();
  const [reply, setReply] = useState<AskedEvidenceReply | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = async (): Promise<void> => {
    setBusy(true);
    setTrouble(null);
    try {
      setReply(await post<AskedEvidenceReply>(`${path}/evidence/ask`, { limit: MOST_RECORDS }, {}, TIMEOUT_MS));
    } catch (error) {
      setTrouble(troubleOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h3>{words.onRequest}</h3>
      <p class="soft">{words.onRequestHint}</p>
      <button type="button" disabled={isBusy} onClick={() => void ask()}>
        {isBusy ? words.asking : words.ask}
      </button>
      {trouble !== null && <Problem trouble={trouble} />}
      {reply !== null && reply.unreadable > 0 && <p class="reason">{words.unreadable(number(reply.unreadable))}</p>}
      {reply !== null && reply.records.length === 0 && <p class="soft">{words.keepsNone}</p>}
      {reply !== null && (
        <ul class="shots">
          {reply.records.map(({ id, at, camera, tenant, kind, vehicle, pictures }) => (
            <li key={id}>
              <Shot
                title={`${events[kind] ?? kind} · ${camera}`}
                about={[dayAndTime(at), classOf(vehicle), `${words.record} ${id.split('-')[1]}`, tenant]
                  .filter((one) => one !== null)
                  .join(' · ')}
                name={id.split('-')[1]!}
                pictures={pictures.map(({ role, bytes }) =>
                  shotButton(role, words.sized(words.show[role], number(Math.ceil(bytes / 1000))), () =>
                    postForBlob(`${path}/evidence/ask/picture`, { id, picture: role }, TIMEOUT_MS),
                  ),
                )}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
