import type { ResourcesReply } from '../../../api/resources.js';
import { Card } from '../../kit/card.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Tile, Tiles } from '../../kit/tile.tsx';
import { bytes, number, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { resourcesWords } from './words.ts';

const causeKey = (cause: string) =>
  `cause${cause.charAt(0).toUpperCase()}${cause.slice(1)}` as
    | 'causeHeat'
    | 'causePower'
    | 'causeCurrent'
    | 'causeQuota';

/** How the machine is at this moment. */
export function Present({ data }: { readonly data: ResourcesReply }) {
  const words = useWords(resourcesWords);
  const { cores, allowedCores, memory, temperature, throttleAt, watts, wattsOf, throttledBy, untoldThrottles } = data;
  const named = (causes: readonly string[]): string => causes.map((cause) => words[causeKey(cause)]).join(', ');
  const busy = cores.filter((core) => core !== null);
  const mean = busy.length === 0 ? null : busy.reduce((sum, core) => sum + core, 0) / busy.length;
  return (
    <Card title={words.nowTitle}>
      <p role="status" class={throttledBy !== null && throttledBy.length > 0 ? 'problem' : undefined}>
        {throttledBy === null
          ? words.heldUnknown
          : throttledBy.length > 0
            ? words.held(named(throttledBy))
            : words.notHeld}{' '}
        {throttledBy !== null && untoldThrottles.length > 0 && (
          <span class="soft">{words.untold(named(untoldThrottles))}</span>
        )}
      </p>
      <Tiles>
        <Tile
          label={words.cores}
          value={withUnit(mean, '%')}
          note={allowedCores === null ? words.coresNote(cores.length) : words.coresAllowed(number(allowedCores, 1))}
        />
        <Tile
          label={words.memoryFree}
          value={bytes(memory?.available)}
          note={memory === null ? words.memoryUnknown : words.memoryOf(bytes(memory.total))}
        />
        <Tile
          label={words.temperature}
          value={withUnit(temperature, '°C')}
          note={
            temperature === null
              ? words.temperatureNone
              : throttleAt === null
                ? words.warmest
                : words.temperatureNote(withUnit(throttleAt, '°C'))
          }
          standing={throttledBy?.includes('heat') ? 'bad' : 'none'}
        />
        <Tile
          label={words.power}
          value={withUnit(watts, 'W', 1)}
          note={watts === null ? words.powerNone : words.powerOf(wattsOf.join(', '))}
        />
      </Tiles>
    </Card>
  );
}

/** What the machine is. */
export function MachineCard({ machine, powerMode }: Pick<ResourcesReply, 'machine' | 'powerMode'>) {
  const words = useWords(resourcesWords);
  return (
    <Card title={words.machine}>
      {machine === null ? (
        <p class="soft">{words.machineNone}</p>
      ) : (
        <dl class="machine">
          {(['model', 'cpu', 'os', 'kernel'] as const).map((fact) => (
            <div key={fact}>
              <dt>{words[fact]}</dt>
              <dd>{machine[fact] || '–'}</dd>
            </div>
          ))}
          <div>
            <dt>{words.virtual}</dt>
            <dd>{machine.virtual || words.physical}</dd>
          </div>
          <div>
            <dt>{words.powerMode}</dt>
            <dd>{powerMode ?? words.powerModeNone}</dd>
          </div>
        </dl>
      )}
    </Card>
  );
}

/** What each process of the program uses now. */
export function Processes({ processes }: Pick<ResourcesReply, 'processes'>) {
  const words = useWords(resourcesWords);
  type Row = ResourcesReply['processes'][number];
  const columns: Column<Row>[] = [
    { title: words.process, cell: ({ name }) => name },
    { title: words.processor, isNumber: true, cell: ({ cpu }) => withUnit(cpu, '%') },
    { title: words.memory, isNumber: true, cell: (row) => bytes(row.bytes) },
    { title: words.own, isNumber: true, cell: (row) => bytes(row.proportionalBytes) },
    { title: words.threads, isNumber: true, cell: ({ threads }) => number(threads) },
    { title: words.files, isNumber: true, cell: ({ openFiles }) => number(openFiles) },
  ];
  return (
    <Card title={words.processesTitle} hint={words.notRunning}>
      <Table caption={words.processesTitle} columns={columns} rows={processes} keyOf={({ name }) => name} empty="–" />
    </Card>
  );
}

/** Every reading of the machine; those that are missing first, with why. */
export function Sensors({ sensors, problems }: Pick<ResourcesReply, 'sensors' | 'problems'>) {
  const words = useWords(resourcesWords);
  type Row = ResourcesReply['sensors'][number];
  const missing = sensors.filter((sensor) => sensor.missing !== null);
  const columns: Column<Row>[] = [
    { title: words.what, cell: ({ name, what }) => `${name} ${what}`.trim() },
    { title: words.value, isNumber: true, cell: (row) => readingOf(row) },
    { title: words.source, cell: ({ source }) => <code>{source}</code> },
  ];
  return (
    <Card title={words.sensorsTitle} hint={words.sensorsHint}>
      {problems.map((problem) => (
        <p key={problem} class="problem" lang="en">
          {problem}
        </p>
      ))}
      {sensors.length === 0 && <p>{words.sensorsNone}</p>}
      {missing.length > 0 && (
        <>
          <p>{words.sensorsMissing(missing.length)}</p>
          <ul>
            {missing.map(({ name, what, source, missing: why }) => (
              <li key={`${name} ${what} ${source}`}>
                <strong lang="en">{`${name} ${what}`.trim()}</strong>: {words[why!]} <code>{source}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      {sensors.length > 0 && (
        <details>
          <summary>{words.sensorsAll(sensors.length)}</summary>
          <Table
            caption={words.sensorsTitle}
            columns={columns}
            rows={sensors}
            keyOf={({ area, name, what, source }) => `${area} ${name} ${what} ${source}`}
          />
        </details>
      )}
    </Card>
  );
}

function readingOf({ value, unit }: ResourcesReply['sensors'][number]): string {
  if (unit === 'bytes') return bytes(value);
  return unit === '' ? number(value, 2) : withUnit(value, unit, value !== null && Math.abs(value) < 100 ? 1 : 0);
}
