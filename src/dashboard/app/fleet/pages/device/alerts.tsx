import type { DeviceNowReply } from '../../../../../collector/api/overview-shapes.ts';
import { Badge } from '../../../kit/badge.tsx';
import { Card } from '../../../kit/card.tsx';
import { Said } from '../../../kit/said.tsx';
import { useAlertWords } from '../../../words/alert-words.ts';
import { ago, dayAndTime } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { SEVERITY_STANDINGS } from '../../standing.tsx';
import { deviceFleetWords } from './words.ts';

/** Alerts that hold on the device, the worst first. */
export function DeviceAlerts({ alerts }: Pick<DeviceNowReply, 'alerts'>) {
  const words = useWords(deviceFleetWords);
  const { severities } = useWords(fleetWords);
  const wordsOf = useAlertWords();
  return (
    <Card title={words.alerts}>
      {alerts.length === 0 ? (
        <p class="soft">{words.noAlerts}</p>
      ) : (
        <ul class="plain">
          {alerts.map(({ code, severity, message, action, since }) => {
            const { name, action: todo } = wordsOf({ code, help: '', action });
            return (
              <li key={code} class={`alert ${SEVERITY_STANDINGS[severity]}`}>
                <h3>
                  {name} <Badge text={severities[severity]} standing={SEVERITY_STANDINGS[severity]} />
                </h3>
                <p>
                  <Said text={message} />
                </p>
                <p>
                  <strong>{words.todo}:</strong> {todo}
                </p>
                <p class="soft">
                  {words.since} <time dateTime={new Date(since).toISOString()}>{dayAndTime(since)}</time> ({ago(since)})
                  · <code>{code}</code>
                </p>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
