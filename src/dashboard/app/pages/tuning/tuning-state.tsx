import type { TuningView } from '../../../api/tuning.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Said } from '../../kit/said.tsx';
import { type Standing, Tile, Tiles } from '../../kit/tile.tsx';
import { percent, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { useSaid } from '../../words/said.ts';
import { tuningWords } from './words.ts';

/** °C under the limit from which on it is close. */
const CLOSE_DEGREES = 3;

/** Whether it decides, what it decided last, and what it expects. */
export function TuningState({ view }: { readonly view: TuningView }) {
  const words = useWords(tuningWords);
  const said = useSaid();
  const { enabled, mode, waitsFor, decision, now } = view;
  const modeWord = words.mode[mode as keyof typeof words.mode] ?? mode;
  return (
    <Card
      title={words.state}
      hint={words.stateHint}
      aside={<Badge text={enabled ? `${words.on}, ${modeWord}` : words.off} standing={enabled ? 'good' : 'fair'} />}
    >
      {waitsFor !== null && <p>{words.waits(said(waitsFor))}</p>}
      <Expectations view={view} />
      {now !== null && now.throttledBy.length > 0 && (
        <p>
          <Badge text={words.held} standing="bad" /> {now.throttledBy.map(said).join(', ')}
        </p>
      )}
      <p aria-live="polite">
        <strong>{words.decided}:</strong>{' '}
        {decision === null ? (
          words.noDecision
        ) : (
          <>
            {words.kind[decision.kind as keyof typeof words.kind] ?? decision.kind}
            {decision.isUrgent && (
              <>
                {' '}
                <Badge text={words.urgent} standing="bad" />
              </>
            )}
            <span class="soft">
              {' '}
              – <Said text={decision.reason} />
            </span>
          </>
        )}
      </p>
    </Card>
  );
}

function Expectations({ view: { now, decision, budgets } }: { readonly view: TuningView }) {
  const words = useWords(tuningWords);
  const forecast = decision?.forecast ?? null;
  const temperature = now?.temperature ?? null;
  const limit = budgets.maxTemperature ?? now?.throttleAt ?? null;
  const expected = forecast?.temperature ?? null;
  return (
    <Tiles>
      <Tile
        label={words.temperature}
        value={withUnit(temperature, '°C', 1)}
        note={temperature === null ? words.noTemperature : words.temperatureNote}
        standing={heatOf(temperature, limit)}
      />
      <Tile
        label={words.forecast}
        value={withUnit(expected, '°C', 1)}
        note={forecastNote()}
        standing={heatOf(expected, limit)}
      />
      <Tile
        label={words.latency}
        value={withUnit(now?.p95LatencyMs, 'ms')}
        note={words.latencyNote(withUnit(budgets.latencyMs, 'ms'))}
        standing={now?.p95LatencyMs == null ? 'none' : now.p95LatencyMs <= budgets.latencyMs ? 'good' : 'bad'}
      />
      <Tile label={words.accuracy} value={percent(forecast?.effectiveAccuracy, 1)} note={words.accuracyNote} />
      <Tile
        label={words.busy}
        value={percent(forecast?.utilisation)}
        note={words.busyNote}
        standing={forecast === null ? 'none' : forecast.utilisation < 1 ? 'good' : 'bad'}
      />
    </Tiles>
  );

  function forecastNote(): string {
    if (expected === null) return words.noForecast;
    return limit === null ? words.forecastFree : words.forecastNote(withUnit(limit, '°C', 1));
  }
}

function heatOf(temperature: number | null, limit: number | null): Standing {
  if (temperature === null || limit === null) return 'none';
  if (temperature > limit) return 'bad';
  return temperature > limit - CLOSE_DEGREES ? 'fair' : 'good';
}
