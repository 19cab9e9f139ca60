import './happenings.css';
import type { Happening, HappeningsReply } from '../../api/happenings.js';
import { type Asked, useApi } from '../data/api.ts';
import { useAlertName } from '../words/alert-words.ts';
import { duration, percent, time } from '../words/formats.ts';
import { useWords } from '../words/language.ts';
import { useVerdict } from '../words/verdict-words.ts';
import { Badge } from './badge.tsx';
import type { Mark, Span } from './chart.tsx';
import { Said } from './said.tsx';
import { Answered } from './state.tsx';
import type { Standing } from './tile.tsx';

const en = {
  title: 'What happened in this time',
  none: 'Nothing happened: no restart, no throttling, no alert, no trial, no command.',
  unread: (kinds: string) => `Could not be read now: ${kinds}. The alerts say why.`,
  restart: 'Restart',
  throttled: 'Held back',
  alert: 'Alert',
  trial: 'Trial',
  command: 'Command',
  restarted: (length: string) => `The program was not running, or began anew; ${length} without readings.`,
  restartedAtOnce: 'The program began anew.',
  heat: (share: string) => `Slowed down by heat for ${share} of the time.`,
  power: (share: string) => `Held back for want of power for ${share} of the time: look at the power supply.`,
  current: (share: string) => `Held back because too much current was drawn for ${share} of the time.`,
  quota: (share: string) => `Stopped by the processor quota of its control group for ${share} of the time.`,
  of: (strategy: string) => `The tuning tried something (${strategy})`,
  by: (who: string) => `by ${who}`,
  goesOn: 'goes on',
  underWay: 'under way',
  done: 'done',
  failed: 'failed',
  more: (count: number) => `Show all ${count}`,
};
const es: typeof en = {
  title: 'Qué ocurrió en este tiempo',
  none: 'No ocurrió nada: ni reinicios, ni limitaciones, ni alertas, ni pruebas, ni órdenes.',
  unread: (kinds) => `Ahora no se puede leer: ${kinds}. Las alertas dicen por qué.`,
  restart: 'Reinicio',
  throttled: 'Limitado',
  alert: 'Alerta',
  trial: 'Prueba',
  command: 'Orden',
  restarted: (length) => `El programa no estaba en marcha o empezó de nuevo; ${length} sin lecturas.`,
  restartedAtOnce: 'El programa empezó de nuevo.',
  heat: (share) => `Frenado por el calor durante el ${share} del tiempo.`,
  power: (share) => `Limitado por falta de alimentación durante el ${share} del tiempo: revise la fuente.`,
  current: (share) => `Limitado por exceso de corriente durante el ${share} del tiempo.`,
  quota: (share) => `Detenido por la cuota de procesador de su grupo de control durante el ${share} del tiempo.`,
  of: (strategy) => `El ajuste probó algo (${strategy})`,
  by: (who) => `por ${who}`,
  goesOn: 'continúa',
  underWay: 'en curso',
  done: 'hecha',
  failed: 'fallida',
  more: (count) => `Mostrar las ${count}`,
};
/** The words of what happened. */
const happeningWords = { en, es };

/** What happened in the time that is chosen. */
export const useHappenings = (words: { readonly since: string; readonly until?: string }): Asked<HappeningsReply> =>
  useApi('/api/v1/happenings', { words, everyMs: words.until === undefined ? 60_000 : 0 });

/** On charts each is told by its number in the list. */
export const marksOf = (reply: HappeningsReply | null): Mark[] =>
  (reply?.happenings ?? []).map(({ at }, index) => ({ at, label: String(index + 1) }));

/** The stretches in which the machine was held back: charts shade them. */
export const throttledSpans = (reply: HappeningsReply | null): Span[] =>
  (reply?.happenings ?? []).flatMap(({ kind, at, until }) =>
    kind === 'throttled' ? [{ from: at, to: until ?? reply!.to }] : [],
  );

const AT_FIRST = 12;

/** Everything that happened, with the numbers that the charts mark it by. */
export function Happenings({ asked }: { readonly asked: Asked<HappeningsReply> }) {
  const words = useWords(happeningWords);
  return (
    <section class="card">
      <h2>{words.title}</h2>
      <Answered asked={asked}>
        {({ happenings, unread }) => (
          <>
            {unread.length > 0 && <p class="problem">{words.unread(unread.join(', '))}</p>}
            {happenings.length === 0 && <p class="soft">{words.none}</p>}
            <HappeningList numbered={happenings.map((one, index) => [index + 1, one])} atFirst={AT_FIRST} />
          </>
        )}
      </Answered>
    </section>
  );
}

interface HappeningListProps {
  readonly numbered: readonly (readonly [number, Happening])[];
  /** More than so many are shown when asked for. */
  readonly atFirst: number;
}

/** Some of it, each with its number. */
export function HappeningList({ numbered, atFirst }: HappeningListProps) {
  const words = useWords(happeningWords);
  if (numbered.length === 0) return null;
  return (
    <>
      <Numbered numbered={numbered.slice(0, atFirst)} />
      {numbered.length > atFirst && (
        <details>
          <summary>{words.more(numbered.length)}</summary>
          <Numbered numbered={numbered.slice(atFirst)} />
        </details>
      )}
    </>
  );
}

function Numbered({ numbered }: Pick<HappeningListProps, 'numbered'>) {
  return (
    <ol class="happenings">
      {numbered.map(([number, one]) => (
        <li key={number} value={number}>
          <Line one={one} />
        </li>
      ))}
    </ol>
  );
}

function Line({ one }: { readonly one: Happening }) {
  const words = useWords(happeningWords);
  const { kind, at, until, text, what } = one;
  const nameOf = useAlertName();
  const say = useVerdict();
  return (
    <>
      <span class="when">
        {moment(at)}
        {until === null ? ` – ${words.goesOn}` : until - at >= 60_000 ? ` – ${moment(until, at)}` : ''}
      </span>{' '}
      <Badge text={words[kind]} standing={standingOf(one)} />{' '}
      <strong>{kind === 'alert' ? nameOf(what) : headOf(one, words)}</strong>
      {kind === 'trial' && <> {say(one.verdict)}</>}
      {kind === 'command' && (
        <>
          {' '}
          {words.by(text)}: {outcomeOf(one, words)}
        </>
      )}
      {(kind === 'alert' || kind === 'trial') && text !== '' && (
        <span class="soft block">
          {(kind === 'trial' ? text.split(BETWEEN) : [text]).map((part) =>
            BETWEEN.test(part) ? part : <Said key={part} text={part} />,
          )}
        </span>
      )}
    </>
  );
}

/** What stands between the sayings of a trial: what was there, what is to be, why, and what became of it. */
const BETWEEN = /(\. | → )/;

function headOf({ kind, what, at, until, share }: Happening, words: typeof en): string {
  if (kind === 'restart') {
    const lengthMs = (until ?? at) - at;
    return lengthMs < 60_000 ? words.restartedAtOnce : words.restarted(duration(Math.round(lengthMs / 1000)));
  }
  if (kind === 'throttled') return words[what as 'heat' | 'power' | 'current' | 'quota'](percent(share));
  return kind === 'trial' ? words.of(what) : what;
}

/** What became of a command. */
function outcomeOf({ verdict }: Happening, words: typeof en): string {
  return verdict === null ? words.underWay : (words[verdict as 'done'] ?? verdict);
}

function standingOf({ kind, severity, verdict }: Happening): Standing {
  if (kind === 'alert') return severity === 'critical' ? 'bad' : 'fair';
  if (kind === 'throttled') return 'bad';
  if (kind === 'restart') return 'fair';
  return verdict === 'kept' || verdict === 'done' ? 'good' : 'none';
}

/** With its day, unless that is the day of another moment. */
function moment(at: number, beside?: number): string {
  const day: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' };
  const isSameDay = beside !== undefined && time(at, day) === time(beside, day);
  return time(at, { ...(!isSameDay && day), hour: '2-digit', minute: '2-digit' });
}

/** A stretch of time: `Thu, 26 Nov, 15:00 – 15:45`. @param to null: it goes on */
export const stretch = (from: number, to: number): string => `${moment(from)} – ${moment(to, from)}`;
