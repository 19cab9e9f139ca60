import { replaceWords, useAddress } from '../frame/address.ts';
import { useWords } from '../words/language.ts';

const en = {
  label: 'Time',
  hour: 'last hour',
  day: 'last 24 hours',
  week: 'last 7 days',
  year: 'last year',
  own: 'from … to',
  from: 'from',
  to: 'to',
};
const es: typeof en = {
  label: 'Periodo',
  hour: 'última hora',
  day: 'últimas 24 horas',
  week: 'últimos 7 días',
  year: 'último año',
  own: 'desde … hasta',
  from: 'desde',
  to: 'hasta',
};

const HOUR = 3_600_000;
/** Unix ms after which there is no date. */
const LATEST = 8.64e15;
const LENGTHS = { hour: HOUR, day: 24 * HOUR, week: 168 * HOUR, year: 365 * 24 * HOUR } as const;
const SINCE = { hour: '1h', day: '24h', week: '7d', year: '365d' } as const;
type Choice = keyof typeof LENGTHS | 'own';

/** A stretch of time: Unix ms. `to` null: until now. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number | null;
}

/** The stretch that the address names (`?window=day`, `?from=&to=`); the last 24 hours where it names none. It is as old as a minute. */
export function useTimeWindow(): TimeWindow {
  const { words } = useAddress();
  const choice = choiceOf(words);
  if (choice === 'own') return { from: Number(words.get('from')), to: Number(words.get('to')) };
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  return { from: now - LENGTHS[choice], to: null };
}

/** The same as the API is asked for it: by the clock of the device, which may go wrong, where the stretch ends now. */
export function useTimeWords(): { readonly since: string; readonly until?: string } {
  const { words } = useAddress();
  const choice = choiceOf(words);
  if (choice !== 'own') return { since: SINCE[choice] };
  return { since: isoOf(words.get('from')), until: isoOf(words.get('to')) };
}

const isoOf = (at: string | null): string => new Date(Number(at)).toISOString();

/** Shows another stretch, Unix ms. */
export const chooseTime = (from: number, to: number): void =>
  replaceWords({ window: undefined, from: String(Math.round(from)), to: String(Math.round(to)) });

/** Chooses the stretch of time of a page; it stands in the address, so that it can be sent to somebody. */
export function TimeWindowChooser() {
  const words = useWords({ en, es });
  const { words: address } = useAddress();
  const choice = choiceOf(address);
  const window = useTimeWindow();
  const to = window.to ?? Date.now();
  // an end that is moved past the other one takes it along
  const length = to - window.from;
  const choose = (next: Choice): void => {
    if (next !== 'own') replaceWords({ window: next, from: undefined, to: undefined });
    else replaceWords({ window: undefined, from: String(window.from), to: String(to) });
  };
  return (
    <div class="window">
      <label>
        {words.label}
        <select value={choice} onChange={({ currentTarget }) => choose(currentTarget.value as Choice)}>
          {[...Object.keys(LENGTHS), 'own'].map((one) => (
            <option key={one} value={one}>
              {words[one as Choice]}
            </option>
          ))}
        </select>
      </label>
      {choice === 'own' && (
        <>
          <Moment label={words.from} at={window.from} onChange={(at) => chooseTime(at, at < to ? to : at + length)} />
          <Moment
            label={words.to}
            at={to}
            onChange={(at) => chooseTime(at > window.from ? window.from : at - length, at)}
          />
        </>
      )}
    </div>
  );
}

function Moment({
  label,
  at,
  onChange,
}: {
  readonly label: string;
  readonly at: number;
  readonly onChange: (at: number) => void;
}) {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  return (
    <label>
      {label}
      <input
        type="datetime-local"
        value={local}
        onChange={({ currentTarget }) => {
          const chosen = new Date(currentTarget.value).getTime();
          if (Number.isFinite(chosen)) onChange(chosen);
        }}
      />
    </label>
  );
}

function choiceOf(words: URLSearchParams): Choice {
  const [from, to] = [Number(words.get('from')), Number(words.get('to'))];
  if (from > 0 && to > from && to <= LATEST) return 'own';
  const named = words.get('window');
  return named !== null && Object.hasOwn(LENGTHS, named) ? (named as Choice) : 'day';
}
