import type { ModelsView } from '../../../api/models.ts';
import { useApi } from '../../data/api.ts';
import { Answered } from '../../kit/state.tsx';
import { GateReports } from './gate-reports.tsx';
import { InstalledModels } from './installed-models.tsx';
import { ModelInUse } from './model-in-use.tsx';

/** The model that answers, and those that could. */
export default function Models() {
  const models = useApi<ModelsView>('/api/v1/models', { everyMs: 30_000 });
  return (
    <Answered asked={models}>
      {(view) => (
        <>
          <ModelInUse view={view} />
          <InstalledModels view={view} />
          <GateReports view={view} />
        </>
      )}
    </Answered>
  );
}
