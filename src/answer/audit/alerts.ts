import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { MeasuredAnswers } from './metrics.js';

export const ACCURACY_FLOOR_MISSED: AlertDeclaration = {
  code: 'accuracy-floor-missed',
  severities: ['warning'],
  help: 'Answers without inference do not keep `answer.accuracyFloor` at a camera: every frame of it is inferred.',
  action: 'Lower answer.accuracyFloor, or give the device fewer cameras or frames.',
};

/** Looks at all cameras: those whose answers miss the accuracy floor whatever is inferred are named in one alert. */
export function missedFloors(cameras: Iterable<MeasuredAnswers>): Alert | null {
  const failing: string[] = [];
  for (const answers of cameras) {
    const report = answers.report();
    if (report?.state === 'failing') failing.push(`${answers.camera} (${report.reason})`);
  }
  if (failing.length === 0) return null;
  return {
    severity: 'warning',
    message: `answers without inference do not keep answer.accuracyFloor at ${failing.join(', ')}: every frame is inferred there; lower the floor, or give the device fewer cameras or frames`,
  };
}
