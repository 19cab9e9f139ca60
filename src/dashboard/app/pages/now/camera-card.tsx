import type { ComponentChildren } from 'preact';
import type { CameraNow } from '../../../api/now.ts';
import { hrefOf } from '../../frame/address.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Said } from '../../kit/said.tsx';
import { Table } from '../../kit/table.tsx';
import { type Standing, Tile, Tiles } from '../../kit/tile.tsx';
import { useAlertWords } from '../../words/alert-words.ts';
import { ago, number, percent, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import type { AnswerFeed } from './answer-feed.ts';
import { LiveView } from './live-view.tsx';
import { Reasons } from './reasons.tsx';
import { nowWords } from './words.ts';

const QUALITY_STANDINGS: Readonly<Record<string, Standing>> = {
  excellent: 'good',
  fair: 'good',
  poor: 'fair',
  unusable: 'bad',
};
const STATE_STANDINGS: Readonly<Record<string, Standing>> = { streaming: 'good', reconnecting: 'bad', ended: 'bad' };

interface CameraCardProps {
  readonly camera: CameraNow;
  readonly feed: AnswerFeed | null;
  /** Whether it is shown alone, with all that is known of it. */
  readonly isAlone: boolean;
  readonly mayDraw: boolean;
}

const EVERY_MS = { alone: 500, beside: 1000 };

/** One camera: its picture, what is wrong with it, and its numbers. */
export function CameraCard({ camera, feed, isAlone, mayDraw }: CameraCardProps) {
  const words = useWords(nowWords);
  const state = words.states[camera.state] ?? camera.state;
  return (
    <Card
      title={camera.tenant === null ? camera.id : `${camera.id} (${camera.tenant})`}
      aside={
        <span class="aside">
          <Badge text={state} standing={STATE_STANDINGS[camera.state] ?? 'fair'} />
          {!isAlone && (
            <a href={hrefOf('now', { camera: camera.id })} aria-label={words.only(camera.id)}>
              ⤢
            </a>
          )}
        </span>
      }
    >
      <LiveView camera={camera} feed={feed} everyMs={isAlone ? EVERY_MS.alone : EVERY_MS.beside} />
      <Reasons camera={camera} isOperator={mayDraw} />
      {(isAlone || hasReadings(camera)) && <Numbers camera={camera} isAlone={isAlone} />}
      <Alerts alerts={camera.alerts} />
      {isAlone ? <Shapes camera={camera} /> : <ShapesInShort camera={camera} />}
      <details open={isAlone}>
        <summary>{words.details}</summary>
        <Origins answered={camera.answered} />
        <Drops dropped={camera.dropped} />
        <p class="soft">
          {words.source} <code>{camera.source}</code>
        </p>
        {mayDraw && (
          <p>
            <a href={hrefOf('setup', { camera: camera.id })}>{words.draw}</a>
          </p>
        )}
      </details>
    </Card>
  );
}

/** Of a camera that gives nothing its reasons say all: it is alone that the dashes are shown too. */
const hasReadings = ({ state, reasons }: CameraNow): boolean =>
  state === 'streaming' || !reasons.some(({ severity }) => severity === 'bad');

function Numbers({ camera, isAlone }: { readonly camera: CameraNow; readonly isAlone: boolean }) {
  const words = useWords(nowWords);
  const { vehicles, vehiclesSeen, lastVehicleAt, latencyMs, estimatedF1 } = camera;
  const now = Object.values(vehicles).reduce((sum, count) => sum + count, 0);
  const seen = words.vehiclesNote(number(vehiclesSeen));
  const last = now === 0 && lastVehicleAt !== null ? `, ${words.lastVehicle(ago(lastVehicleAt))}` : '';
  const isAnswering = camera.state === 'streaming' && camera.answeredFps !== null;
  return (
    <Tiles isShort={!isAlone}>
      <Tile label={words.vehicles} value={isAnswering ? number(now) : '–'} note={`${seen}${last}`} />
      <Tile
        label={words.fps}
        value={withUnit(camera.answeredFps, words.fpsUnit, 1)}
        note={words.fpsNote(number(camera.capturedFps, 1))}
      />
      <Tile
        label={words.latency}
        value={withUnit(latencyMs.p50, 'ms', 0)}
        note={latencyMs.p95 === null ? words.noLatency : words.latencyNote(withUnit(latencyMs.p95, 'ms', 0))}
      />
      <Tile
        label={words.connection}
        value={words.qualities[camera.connectionQuality] ?? camera.connectionQuality}
        note={words.reconnects(number(camera.reconnectsLastHour))}
        standing={QUALITY_STANDINGS[camera.connectionQuality]}
      />
      <Tile
        label={words.accuracy}
        value={percent(estimatedF1, 1)}
        note={estimatedF1 === null ? words.accuracyNone : words.accuracyNote}
      />
    </Tiles>
  );
}

function Alerts({ alerts }: Pick<CameraNow, 'alerts'>) {
  const words = useWords(nowWords);
  const inWords = useAlertWords();
  if (alerts.length === 0) return null;
  return (
    <>
      <h3>{words.alertsTitle}</h3>
      {alerts.map(({ code, severity, message, action, since }) => (
        <details key={code} class={`reason ${severity === 'critical' ? 'bad' : severity}`}>
          <summary>
            <b>{inWords({ code, help: '', action }).name}</b> · {ago(since)}
          </summary>
          <p>
            <b>{words.doTitle}:</b> {inWords({ code, help: '', action }).action}
          </p>
          <p class="soft">
            <Said text={message} />
          </p>
          <p>
            <a href={hrefOf('alerts')}>{words.toAlerts}</a>
          </p>
        </details>
      ))}
    </>
  );
}

type Line = CameraNow['lines'][number];

const crossings = ({ left, right, counts }: Line, { sides }: typeof nowWords.en): string =>
  [left, right].map((side) => `${sides[side] ?? side} ${number(counts[side] ?? 0)}`).join(' · ');

function ShapesInShort({ camera: { lines, zones } }: { readonly camera: CameraNow }) {
  const words = useWords(nowWords);
  return (
    <>
      {lines.map((line) => (
        <p key={line.id} title={words.linesTitle}>
          {words.line} <b>{line.id}</b>: {crossings(line, words)}
        </p>
      ))}
      {zones.map(({ id, vehicles }) => (
        <p key={id} title={words.zonesTitle}>
          {words.zone} <b>{id}</b>: {number(vehicles)}
        </p>
      ))}
    </>
  );
}

function Shapes({ camera: { lines, zones } }: { readonly camera: CameraNow }) {
  const words = useWords(nowWords);
  return (
    <>
      {lines.length > 0 && (
        <Part title={words.linesTitle}>
          <Table
            caption={words.linesTitle}
            rows={lines}
            keyOf={({ id }) => id}
            columns={[
              { title: words.line, cell: ({ id }) => id },
              { title: words.crossings, cell: (line) => crossings(line, words) },
            ]}
          />
        </Part>
      )}
      {zones.length > 0 && (
        <Part title={words.zonesTitle}>
          <Table
            caption={words.zonesTitle}
            rows={zones}
            keyOf={({ id }) => id}
            columns={[
              { title: words.zone, cell: ({ id }) => id },
              { title: words.vehicles, cell: ({ vehicles }) => number(vehicles), isNumber: true },
            ]}
          />
        </Part>
      )}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <>
      <h3>{title}</h3>
      {children}
    </>
  );
}

function Origins({ answered }: Pick<CameraNow, 'answered'>) {
  const words = useWords(nowWords);
  const all = Object.values(answered).reduce((sum, count) => sum + count, 0);
  return (
    <Part title={words.originsTitle}>
      <p class="soft">{words.originsHint}</p>
      <Table
        caption={words.originsTitle}
        rows={Object.entries(answered)}
        keyOf={([origin]) => origin}
        columns={[
          {
            title: words.origin,
            cell: ([origin]) => <span class={`origin ${origin}`}>{words.origins[origin] ?? origin}</span>,
          },
          { title: words.count, cell: ([, count]) => number(count), isNumber: true },
          { title: words.share, cell: ([, count]) => percent(all === 0 ? null : count / all, 1), isNumber: true },
        ]}
      />
    </Part>
  );
}

function Drops({ dropped }: Pick<CameraNow, 'dropped'>) {
  const words = useWords(nowWords);
  return (
    <Part title={words.dropsTitle}>
      <p class="soft">{words.dropsHint}</p>
      <Table
        caption={words.dropsTitle}
        rows={Object.entries(dropped).filter(([, count]) => count > 0)}
        keyOf={([cause]) => cause}
        empty={words.noDrops}
        columns={[
          { title: words.cause, cell: ([cause]) => words.causes[cause] ?? cause },
          { title: words.count, cell: ([, count]) => number(count), isNumber: true },
        ]}
      />
    </Part>
  );
}
