import { Coded } from '../../../kit/coded.tsx';
import { Answered, Empty } from '../../../kit/state.tsx';
import { useWords } from '../../../words/language.ts';
import { AlertCounts } from './alert-counts.tsx';
import { useList } from './asked-list.ts';
import { DeviceList } from './device-list.tsx';
import { FleetTiles, StatePicks } from './fleet-tiles.tsx';
import { Groups } from './groups.tsx';
import { fleetListWords } from './words.ts';

/** The whole fleet: what is wrong, and every device. */
export default function Fleet() {
  const words = useWords(fleetListWords);
  const list = useList();
  return (
    <Answered asked={list.asked}>
      {(fleet) =>
        fleet.devices === 0 ? (
          <Empty title={words.nobody}>
            <p>
              <Coded text={words.nobodyHint} />
            </p>
          </Empty>
        ) : (
          <>
            <FleetTiles fleet={fleet} />
            <StatePicks fleet={fleet} chosen={list.chosen.state} />
            <AlertCounts fleet={fleet} chosen={list.chosen.alert} />
            <DeviceList fleet={fleet} list={list} />
            <Groups fleet={fleet} />
          </>
        )
      }
    </Answered>
  );
}
