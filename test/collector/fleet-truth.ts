import * as assert from 'uvu/assert';
import { fleetDifferences } from '../../scripts/fleet/fleet-differences.js';
import type { DeviceTruth } from '../../scripts/fleet/simulated-device.js';

/** Fails where what is kept is not what a simulated fleet did. @param inTime as `fleetDifferences` has it */
export function assertTruth(file: string, truths: readonly DeviceTruth[], inTime: boolean): void {
  assert.equal([...fleetDifferences(file, truths, inTime)].slice(0, 20), []);
}
