import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unitCheck } from '../../../../src/diagnose/checks/service/unit.js';
import { judgeUnit, parseUnitState } from '../../../../src/diagnose/checks/service/unit-state.js';
import { tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('unit');

/** As `systemctl show` of systemd 252 says it of a unit that runs. */
const RUNS = `Result=success
NRestarts=0
ExecMainStatus=0
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
`;

/** The unit with some lines as they are after something happened. */
function judged(changes: Readonly<Record<string, string>>) {
  const state = parseUnitState(RUNS);
  return judgeUnit('edge-optimizer.service', { ...state, ...changes });
}

test('a unit that runs is fine', () => {
  assert.equal(told(judged({})), ['fine unit-fine']);
});

test('each way not to run has a name and a remedy of its own', () => {
  const failed = { ActiveState: 'failed', SubState: 'failed' };
  assert.equal(told(judged({ LoadState: 'not-found', ActiveState: 'inactive' })), ['degraded unit-not-installed']);
  assert.equal(told(judged({ LoadState: 'masked' })), ['broken unit-masked']);
  assert.equal(told(judged({ ...failed, Result: 'exit-code', ExecMainStatus: '1' })), ['broken unit-failed']);
  assert.equal(told(judged({ ...failed, Result: 'exit-code', ExecMainStatus: '2' })), ['broken unit-configuration']);
  assert.equal(told(judged({ ...failed, Result: 'oom-kill' })), ['broken unit-out-of-memory']);
  assert.equal(told(judged({ ...failed, Result: 'watchdog' })), ['broken unit-hung']);
  assert.equal(told(judged({ NRestarts: '7' })), ['degraded unit-restarted']);
  const again = judged({ ActiveState: 'activating', SubState: 'auto-restart', Result: 'exit-code', NRestarts: '41' });
  assert.equal(told(again), ['broken unit-restarting']);
  assert.is(remedyOf(again), 'Read why it ends: journalctl -u edge-optimizer.service -n 50');
});

test('a unit that was stopped and does not start with the machine is both', () => {
  const findings = judged({ ActiveState: 'inactive', SubState: 'dead', UnitFileState: 'disabled' });
  assert.equal(told(findings), ['broken unit-stopped', 'degraded unit-disabled']);
  assert.is(remedyOf(findings), 'systemctl start edge-optimizer.service');
});

test('where systemd does not run nothing is known, and where systemctl hangs neither', async () => {
  const never = async (): Promise<string | null> => assert.unreachable('systemctl is not asked') ?? null;
  assert.equal(told(await findingsOf(unitCheck(never), patientAt(tree({})))), ['unknown unit-no-systemd']);
  const withSystemd = patientAt(tree({ 'run/systemd/system/transient': '' }));
  assert.equal(
    told(
      await findingsOf(
        unitCheck(async () => null),
        withSystemd,
      ),
    ),
    ['unknown unit-no-answer'],
  );
  assert.equal(
    told(
      await findingsOf(
        unitCheck(async () => RUNS),
        withSystemd,
      ),
    ),
    ['fine unit-fine'],
  );
});

test.run();
