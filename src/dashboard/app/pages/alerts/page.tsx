import type { AlertsView } from '../../../api/alerts.ts';
import { useApi } from '../../data/api.ts';
import { Answered } from '../../kit/state.tsx';
import { ActiveAlerts } from './active-alerts.tsx';
import { AlertHistory } from './alert-history.tsx';
import { Audit } from './audit.tsx';
import { Silenced } from './silenced.tsx';

/** What is wrong, what to do about it, what happened before, and who changed what. */
export default function Alerts() {
  const alerts = useApi<AlertsView>('/api/v1/alerts', { everyMs: 5000 });
  return (
    <>
      <Answered asked={alerts}>
        {(view) => (
          <>
            <ActiveAlerts view={view} onChanged={alerts.reload} />
            <Silenced view={view} onChanged={alerts.reload} />
            <AlertHistory view={view} />
          </>
        )}
      </Answered>
      <Audit />
    </>
  );
}
