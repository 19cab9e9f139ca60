import type { DeviceNowReply } from '../../../../../collector/api/overview-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf, useAddress } from '../../../frame/address.ts';
import { Answered } from '../../../kit/state.tsx';
import { TimeWindowChooser } from '../../../kit/time-window.tsx';
import { useWords } from '../../../words/language.ts';
import { StateBadge } from '../../standing.tsx';
import { DeviceAlerts } from './alerts.tsx';
import { Birth } from './birth.tsx';
import { DeviceCharts } from './charts.tsx';
import { DeviceCounts } from './counts.tsx';
import { DeviceEvidence } from './evidence.tsx';
import { DeviceHistory } from './history.tsx';
import { DeviceLabels } from './labels.tsx';
import { DeviceNumbers } from './numbers.tsx';
import { DeviceTiles } from './tiles.tsx';
import { deviceFleetWords } from './words.ts';

const EVERY_MS = 5000;

/** One device: how it is, what it measured and told, and what is missing of it. */
export default function Device() {
  const words = useWords(deviceFleetWords);
  const { words: address } = useAddress();
  const [site, device] = [address.get('site'), address.get('device')];
  const path =
    site === null || device === null
      ? null
      : `/api/v1/fleet/devices/${encodeURIComponent(site)}/${encodeURIComponent(device)}`;
  const asked = useApi<DeviceNowReply>(path === null ? null : `${path}/now`, { everyMs: EVERY_MS });
  return (
    <>
      <p>
        <a href={hrefOf('fleet')}>← {words.back}</a>
      </p>
      {path === null ? (
        <p>{words.choose}</p>
      ) : (
        <Answered asked={asked}>
          {(now) => (
            <>
              <div class="card-top">
                <h2>
                  {now.device} <span class="soft">{now.site}</span>
                </h2>
                <StateBadge state={now.state} />
              </div>
              {now.reason !== null && <p>{words.stopped(now.reason)}</p>}
              <DeviceTiles now={now} />
              <DeviceLabels now={now} />
              <DeviceAlerts alerts={now.alerts} />
              <TimeWindowChooser />
              <DeviceCharts path={path} />
              <DeviceCounts path={path} />
              <DeviceNumbers path={path} />
              <DeviceHistory path={path} />
              <DeviceEvidence path={path} />
              <Birth now={now} />
            </>
          )}
        </Answered>
      )}
    </>
  );
}
