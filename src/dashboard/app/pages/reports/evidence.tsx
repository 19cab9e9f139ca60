import { useEffect, useState } from 'preact/hooks';
import { getBlob, useApi } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { Coded } from '../../kit/coded.tsx';
import { Answered, Empty } from '../../kit/state.tsx';
import { dayAndTime, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { Verified } from './verified.tsx';
import { reportsWords } from './words.ts';

/** As far as it is shown: src/evidence/chain/record.ts has all of it. */
interface EvidenceRecord {
  readonly n: number;
  readonly at: number;
  readonly camera: string;
  readonly tenant: string | null;
  readonly key: string;
  readonly event: {
    readonly kind: string;
    readonly capturedAt: number;
    readonly line?: string;
    readonly direction?: string;
    readonly zone?: string | null;
    readonly rule?: string;
    readonly offence?: string;
  };
  readonly vehicle: { readonly class: string; readonly score: number };
  readonly answer: { readonly model: string; readonly variant: string };
  readonly privacy: { readonly persons: 'blurred' | 'kept' | 'unknown' | 'all-but-vehicle'; readonly found: number };
  readonly pictures: readonly { readonly role: 'context' | 'crop'; readonly sha256: string }[];
}
interface Listed {
  readonly id: string;
  readonly record: EvidenceRecord;
}

const AT_FIRST = 12;
const MOST = 200;

/** Pictures of events, the newest first. */
export function Evidence() {
  const words = useWords(reportsWords);
  const [limit, setLimit] = useState(AT_FIRST);
  const asked = useApi<{ readonly evidence: readonly Listed[] }>('/api/v1/evidence', { words: { limit } });
  return (
    <Card title={words.evidence} hint={words.evidenceHint}>
      <Answered asked={asked}>
        {({ evidence }) =>
          evidence.length === 0 ? (
            <Empty title={words.noEvidence}>
              <p>
                <Coded text={words.noEvidenceHint} />
              </p>
            </Empty>
          ) : (
            <>
              <Verified />
              <ul class="plain stills">
                {evidence.map((one) => (
                  <li key={one.id}>
                    <Still evidence={one} />
                  </li>
                ))}
              </ul>
              {evidence.length === limit && limit < MOST && (
                <button type="button" onClick={() => setLimit(Math.min(MOST, limit * 2))}>
                  {words.more}
                </button>
              )}
            </>
          )
        }
      </Answered>
    </Card>
  );
}

function Still({ evidence: { id, record } }: { readonly evidence: Listed }) {
  const words = useWords(reportsWords);
  const [isOpen, setOpen] = useState(false);
  const { event, vehicle, camera } = record;
  const has = (role: 'context' | 'crop'): boolean => record.pictures.some((picture) => picture.role === role);
  const { kind, offence, rule } = event;
  // what has no word here, as a class of a model of one's own, stands as it is called there
  const broken = offence === undefined ? rule : (words.offences[offence] ?? offence);
  const title = [words.classes[vehicle.class] ?? vehicle.class, words.events[kind] ?? kind, broken]
    .filter(Boolean)
    .join(', ');
  return (
    <article aria-label={title}>
      {has('crop') && <Picture id={id} of="crop" />}
      <p>
        <strong>{title}</strong>
        <br />
        {camera}, {dayAndTime(event.capturedAt)}
      </p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{words.details}</summary>
        {isOpen && has('context') && <Picture id={id} of="context" />}
        <Facts record={record} />
        <p class="soft">
          <Coded text={words.verify} />
        </p>
      </details>
    </article>
  );
}

function Facts({ record }: { readonly record: EvidenceRecord }) {
  const words = useWords(reportsWords);
  const { event, vehicle, answer, privacy, n, key, pictures } = record;
  const place = [event.line, event.direction, event.zone].filter(Boolean).join(', ');
  const facts: readonly (readonly [string, string])[] = [
    [words.at, place],
    [words.vehicle, `${words.classes[vehicle.class] ?? vehicle.class}, ${words.score} ${number(vehicle.score, 2)}`],
    [words.answer, `${answer.model} ${answer.variant}`],
    [words.persons, words.personsWords[privacy.persons]],
    [words.record, `${n}, ${dayAndTime(record.at)}`],
    [words.signature, `${words.signed} (${key})`],
    ...pictures.map(({ role, sha256 }): [string, string] => [`sha256, ${words[role]}`, sha256]),
  ];
  return (
    <dl class="facts">
      {facts.map(([label, value]) =>
        value === '' ? null : [<dt key={label}>{label}</dt>, <dd key={`${label}:`}>{value}</dd>],
      )}
    </dl>
  );
}

/** Fetched with the token, which an address in the page could not carry. */
function Picture({ id, of }: { readonly id: string; readonly of: 'context' | 'crop' }) {
  const words = useWords(reportsWords);
  const [url, setUrl] = useState<string | null>(null);
  const [isGone, setGone] = useState(false);
  useEffect(() => {
    const gone = new AbortController();
    let made: string | null = null;
    getBlob(`/api/v1/evidence/${encodeURIComponent(id)}/${of}`, {}, gone.signal).then(
      (blob) => {
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      () => !gone.signal.aborted && setGone(true),
    );
    return () => {
      gone.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [id, of]);
  if (isGone) return <p class="soft">{words.noPicture}</p>;
  return url === null ? <div class="still" /> : <img class="still" src={url} alt={words[of]} />;
}
