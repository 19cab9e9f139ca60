import './resources.css';
import type { ResourcesReply } from '../../../api/resources.js';
import { useApi } from '../../data/api.ts';
import { useSeveral } from '../../data/several.ts';
import { Happenings, useHappenings } from '../../kit/happenings.tsx';
import { Answered } from '../../kit/state.tsx';
import { TimeWindowChooser, useTimeWords } from '../../kit/time-window.tsx';
import { useWords } from '../../words/language.ts';
import { RESOURCE_METRICS, ResourceCharts } from './charts.tsx';
import { HeadroomCard } from './headroom.tsx';
import { MachineCard, Present, Processes, Sensors } from './present.tsx';
import { resourcesWords } from './words.ts';

/** What the machine has, what is used of it over any time, and what is left. */
export default function Resources() {
  const words = useWords(resourcesWords);
  const present = useApi<ResourcesReply>('/api/v1/resources', { everyMs: 5000 });
  const time = useTimeWords();
  const past = useSeveral(RESOURCE_METRICS, time);
  const happenings = useHappenings(time);
  return (
    <>
      <p class="soft">{words.intro}</p>
      <Answered asked={present}>
        {(data) => (
          <>
            <Present data={data} />
            <HeadroomCard headroom={data.headroom} />
          </>
        )}
      </Answered>
      <div class="chooser">
        <TimeWindowChooser />
      </div>
      <Answered asked={past}>{(data) => <ResourceCharts data={data} happenings={happenings.data} />}</Answered>
      <Happenings asked={happenings} />
      {present.data !== null && (
        <>
          <Processes processes={present.data.processes} />
          <Sensors sensors={present.data.sensors} problems={present.data.problems} />
          <MachineCard machine={present.data.machine} powerMode={present.data.powerMode} />
        </>
      )}
    </>
  );
}
