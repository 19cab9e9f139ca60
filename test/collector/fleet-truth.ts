import * as assert from 'uvu/assert';
import type { DeviceTruth } from '../../scripts/fleet/simulated-device.js';
import { contentOf } from './fed-collector.js';

type Row = Readonly<Record<string, unknown>>;

const NUMBERED = ['events', 'reports', 'alert_log', 'traffic', 'summaries'];
/** ms by which a time may be off: the way of a message. */
const WAY_MS = 500;

/**
 * Fails where what is kept is not what a simulated fleet did.
 *
 * @param placed whether times were received as they were made, so that the place of each in time can be told
 */
export function assertTruth(file: string, truths: readonly DeviceTruth[], placed: boolean): void {
  const content = contentOf(file) as Record<string, Row[]>;
  assert.is(content['devices']!.length, truths.length, 'devices');
  for (const truth of truths) {
    const name = `${truth.site}/${truth.device}`;
    const device = content['devices']!.find((row) => row['site'] === truth.site && row['device'] === truth.device)!;
    const own = (table: string): Row[] => content[table]!.filter((row) => row['device'] === device['id']);
    const rows = NUMBERED.flatMap((table) => own(table).map((row): [string, Row] => [table, row]));
    const kept = rows.map(([, row]) => `${row['stream']} ${row['n']}`);
    assert.equal(kept.toSorted(), [...truth.arrived.keys()].toSorted(), `${name}: every message once`);
    if (placed) {
      for (const [table, row] of rows) {
        const madeAt = truth.arrived.get(`${row['stream']} ${row['n']}`)!;
        const minutes = table === 'traffic' ? 5 : table === 'summaries' ? 15 : 0;
        const off = (row['at'] as number) - (madeAt - minutes * 60_000);
        assert.ok(Math.abs(off) <= WAY_MS, `${name}: ${table} ${row['stream']} ${row['n']} is ${off} ms off its place`);
      }
      assert.ok(Math.abs((device['offset_ms'] as number) - truth.clockErrorMs) <= WAY_MS, `${name}: its clock`);
    }
    const verdicts = own('streams').map((row) => JSON.parse(row['verdict'] as string) as Record<string, number>);
    const sum = (key: string): number => verdicts.reduce((all, verdict) => all + verdict[key]!, 0);
    assert.equal(
      { lost: sum('lostCount'), told: sum('toldDropped'), waiting: sum('waiting') },
      { lost: truth.lost, told: truth.told, waiting: 0 },
      `${name}: what is missing`,
    );
    assert.equal(
      own('alerts')
        .filter((row) => row['holds'] === 1)
        .map((row) => row['code']),
      [...truth.alerts].toSorted(),
      `${name}: alerts that hold`,
    );
    assert.equal([device['online'] === 1, device['boot']], [truth.online, truth.boot], name);
    assert.is(own('births').length, truth.births, `${name}: births`);
  }
}
