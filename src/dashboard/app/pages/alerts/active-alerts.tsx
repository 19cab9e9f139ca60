import type { ActiveAlertView, AlertsView } from '../../../api/alerts.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Said } from '../../kit/said.tsx';
import { Empty } from '../../kit/state.tsx';
import type { Standing } from '../../kit/tile.tsx';
import { useAlertWords } from '../../words/alert-words.ts';
import { ago, dayAndTime, NONE, number, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { Acknowledge, Snooze, Wake } from './alert-buttons.tsx';
import { alertsWords } from './words.ts';

const STANDINGS: Readonly<Record<ActiveAlertView['severity'], Standing>> = {
  critical: 'bad',
  warning: 'fair',
  info: 'none',
};

interface ActiveAlertsProps {
  readonly view: AlertsView;
  readonly onChanged: () => void;
}

/** The alerts that hold, the most severe first. */
export function ActiveAlerts({ view: { active }, onChanged }: ActiveAlertsProps) {
  const words = useWords(alertsWords);
  const count = (severity: string): number => active.filter((alert) => alert.severity === severity).length;
  return (
    <Card title={words.active}>
      <p role="status" class={active.length === 0 ? 'sr' : 'soft'}>
        {active.length === 0 ? words.none : words.count(count('critical'), count('warning'), count('info'))}
      </p>
      {active.length === 0 ? (
        <Empty title={words.none}>
          <p>{words.noneHint}</p>
        </Empty>
      ) : (
        <ul class="plain">
          {active.map((alert) => (
            <li key={`${alert.tenant} ${alert.code}`} class={`alert ${STANDINGS[alert.severity]}`}>
              <Shown alert={alert} onChanged={onChanged} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

interface ShownProps {
  readonly alert: ActiveAlertView;
  readonly onChanged: () => void;
}

function Shown({ alert, onChanged }: ShownProps) {
  const words = useWords(alertsWords);
  const wordsOf = useAlertWords();
  const { code, severity, message, since, cameras, tenant, acknowledged, snoozedUntil } = alert;
  const { name, help, action } = wordsOf(alert);
  return (
    <article aria-label={name}>
      <h3>
        {name} <Badge text={words.severity[severity]} standing={STANDINGS[severity]} />{' '}
        {tenant !== null && <Badge text={words.tenant(tenant)} />}
      </h3>
      <p>
        <Said text={message} />
      </p>
      <p>
        <strong>{words.todo}:</strong> {action}
      </p>
      <p class="soft">
        {words.since} <time dateTime={new Date(since).toISOString()}>{dayAndTime(since)}</time> ({ago(since)})
        {cameras.length > 0 && ` · ${words.camera}: ${cameras.join(', ')}`}
        {acknowledged !== null && ` · ${words.acknowledged(acknowledged.by, dayAndTime(acknowledged.at))}`}
        {snoozedUntil !== null && ` · ${words.snoozed(dayAndTime(snoozedUntil))}`}
      </p>
      <details>
        <summary>
          {words.meaning} <code>{code}</code>
        </summary>
        <p>{help}</p>
        <p class="soft">
          {words.severity[severity]}: {words.severityHint[severity]}
        </p>
        <Measured alert={alert} />
      </details>
      <div class="buttons">
        {acknowledged === null && <Acknowledge alert={alert} onChanged={onChanged} />}
        {snoozedUntil === null ? (
          <Snooze alert={alert} onChanged={onChanged} />
        ) : (
          <Wake alert={alert} onChanged={onChanged} />
        )}
      </div>
    </article>
  );
}

function Measured({ alert: { value, expected, unit, details } }: { readonly alert: ActiveAlertView }) {
  const words = useWords(alertsWords);
  const entries = Object.entries(details ?? {});
  if (value === null && entries.length === 0) return null;
  const inUnit = (one: number | null): string => withUnit(one, words.units[unit ?? ''] ?? unit ?? '', 2);
  const written = (name: string, one: number | string | boolean | null): string => {
    if (name === 'since') return dayAndTime(Number(one));
    return typeof one === 'number' ? number(one, 3) : String(one ?? NONE);
  };
  return (
    <dl class="facts">
      {value !== null && (
        <>
          <dt>{words.numbers}</dt>
          <dd>{words.measured(inUnit(value), inUnit(expected))}</dd>
        </>
      )}
      {entries.map(([name, one]) => [
        <dt key={name}>{words.facts[name] ?? name}</dt>,
        <dd key={`${name}:`}>{written(name, one)}</dd>,
      ])}
    </dl>
  );
}
