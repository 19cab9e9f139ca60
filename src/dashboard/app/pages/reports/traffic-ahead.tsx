import { useEffect, useMemo, useState } from 'preact/hooks';
import type { TrafficForecast } from '../../../api/traffic.ts';
import { useApi } from '../../data/api.ts';
import { Card } from '../../kit/card.tsx';
import { Chart } from '../../kit/chart.tsx';
import { Choice } from '../../kit/choice.tsx';
import { Answered, Empty } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { dayAndTime, NONE, number, time } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { reportsWords } from './words.ts';

type Place = TrafficForecast['places'][number];
type Hours = NonNullable<Place['hours']>;

const WHILE_COMPUTED_MS = 2000;
const OTHERWISE_MS = 300_000;

/** What the next 24 hours are expected to bring at each line and zone. */
export function TrafficAhead() {
  const words = useWords(reportsWords);
  const [everyMs, setEveryMs] = useState(WHILE_COMPUTED_MS);
  const asked = useApi<TrafficForecast>('/api/v1/traffic/forecast', { everyMs });
  const { data, trouble } = asked;
  const isComputing = data?.state === 'computing';
  useEffect(() => {
    if (data !== null) setEveryMs(isComputing ? WHILE_COMPUTED_MS : OTHERWISE_MS);
  }, [data, isComputing]);
  if (trouble?.kind === 'refused' && trouble.status === 404) return null;
  return (
    <Card title={words.ahead} hint={words.aheadHint}>
      <Answered asked={asked}>{(forecast) => <Ahead forecast={forecast} />}</Answered>
    </Card>
  );
}

function Ahead({
  forecast: { state, failure, places, madeAt, hoursNeeded, timeZone },
}: {
  readonly forecast: TrafficForecast;
}) {
  const words = useWords(reportsWords);
  const [chosen, setChosen] = useState('0');
  const place = places[Number(chosen)] ?? places[0];
  if (state === 'computing')
    return (
      <p class="soft" role="status">
        {words.computing}
      </p>
    );
  if (place === undefined)
    return (
      <Empty title={state === 'failed' ? words.aheadFailed : words.noPlaces}>
        <p>{failure ?? words.noPlacesHint}</p>
      </Empty>
    );
  const nameOf = ({ camera, place: id, direction }: Place): string =>
    `${camera}: ${id}, ${direction === 'entered' ? words.entered : direction}`;
  return (
    <>
      {failure !== null && <p class="problem">{failure}</p>}
      <Choice
        label={words.where}
        value={String(places.indexOf(place))}
        options={Object.fromEntries(places.map((one, index) => [String(index), nameOf(one)]))}
        onChange={setChosen}
      />
      {place.hours === null ? (
        <Empty title={words.tooLittle}>
          <p>{words.tooLittleHint(place.hoursKnown, hoursNeeded)}</p>
        </Empty>
      ) : (
        <Expected label={nameOf(place)} hours={place.hours} timeZone={timeZone} />
      )}
      {madeAt !== null && <p class="soft">{words.madeAt(dayAndTime(madeAt, timeZone))}</p>}
    </>
  );
}

interface ExpectedProps {
  readonly label: string;
  readonly hours: Hours;
  /** Of the device: hours of a day are hours of its street. */
  readonly timeZone: string;
}

function Expected({ label, hours, timeZone }: ExpectedProps) {
  const words = useWords(reportsWords);
  const hasBounds = hours.every(({ low, high }) => low !== null && high !== null);
  const times = useMemo(() => hours.map(({ at }) => at), [hours]);
  const lines = useMemo(
    () => [
      { label: words.expected, values: hours.map(({ expected }) => expected), colour: 1 },
      ...(hasBounds
        ? [
            { label: words.atMost, values: hours.map(({ high }) => high), colour: 2, kind: 'dashed' as const },
            { label: words.atLeast, values: hours.map(({ low }) => low), colour: 2, kind: 'dashed' as const },
          ]
        : []),
    ],
    [hours, hasBounds, words],
  );
  const total = hours.reduce((sum, { expected }) => sum + expected, 0);
  const busiest = hours.reduce((most, hour) => (hour.expected > most.expected ? hour : most));
  const clock = (at: number): string => time(at, { weekday: 'short', hour: '2-digit', minute: '2-digit', timeZone });
  return (
    <>
      <p>{words.aheadInShort(number(total), clock(busiest.at), number(busiest.expected))}</p>
      <Chart
        label={words.aheadChart(label)}
        times={times}
        lines={lines}
        bands={hasBounds ? [[1, 2]] : []}
        format={(value) => number(value)}
        min={0}
        timeZone={timeZone}
      />
      <p class="soft">
        {hasBounds ? words.bounds : words.noBounds} {words.inTimeOf(timeZone)}
      </p>
      <details>
        <summary>{words.asTable}</summary>
        <Table
          caption={words.aheadChart(label)}
          rows={hours}
          keyOf={({ at }) => String(at)}
          columns={[
            { title: words.hour, cell: ({ at }) => clock(at) },
            { title: words.expected, cell: ({ expected }) => number(expected), isNumber: true },
            { title: words.atLeast, cell: ({ low }) => (low === null ? NONE : number(low)), isNumber: true },
            { title: words.atMost, cell: ({ high }) => (high === null ? NONE : number(high)), isNumber: true },
          ]}
        />
      </details>
    </>
  );
}
