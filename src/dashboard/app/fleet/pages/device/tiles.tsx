import type { DeviceNowReply } from '../../../../../collector/api/overview-shapes.ts';
import { Tile, Tiles } from '../../../kit/tile.tsx';
import { ago, dayAndTime, number, percent, withUnit } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { accuracyStanding, clockStanding, STATE_STANDINGS, useClock } from '../../standing.tsx';
import { deviceFleetWords } from './words.ts';

/** The device in numbers. */
export function DeviceTiles({ now }: { readonly now: DeviceNowReply }) {
  const words = useWords(deviceFleetWords);
  const common = useWords(fleetWords);
  const clock = useClock();
  const { measured, measuredAt, clockOffsetMs, heardAt, state, crossings, lost } = now;
  const read = measuredAt === null ? words.notRead : words.readAt(ago(measuredAt));
  return (
    <Tiles>
      <Tile label={words.heardLast} value={ago(heardAt)} note={dayAndTime(heardAt)} standing={STATE_STANDINGS[state]} />
      <Tile label={common.clock} value={clock(clockOffsetMs)} standing={clockStanding(clockOffsetMs)} />
      <Tile
        label={common.accuracy}
        value={percent(measured.accuracy, 1)}
        note={read}
        standing={accuracyStanding(measured.accuracy)}
      />
      <Tile label={common.latency} value={withUnit(measured.latencyMs, 'ms')} />
      <Tile label={common.temperature} value={withUnit(measured.temperature, '°C', 1)} />
      <Tile label={common.cpu} value={withUnit(measured.cpu, '%')} />
      <Tile label={common.power} value={withUnit(measured.power, 'W', 1)} />
      <Tile label={words.crossings} value={number(crossings)} />
      <Tile label={common.lost} value={number(lost)} note={words.lostNote} standing={lost === 0 ? 'good' : 'fair'} />
    </Tiles>
  );
}
