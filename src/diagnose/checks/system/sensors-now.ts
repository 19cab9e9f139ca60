import { type ReadFile, SensorReader } from '../../../board/machine/sensor-reader.js';
import type { FindSensors, SensorReading, SensorReadings } from '../../../board/machine/sensors/sensor.js';

/** One reading of all sensors that are found. @param root `/`, or a recorded tree */
export async function readSensorsNow(
  root: string,
  finders: readonly FindSensors[],
  readFile?: ReadFile,
): Promise<SensorReadings> {
  const reader = new SensorReader(root, finders, readFile);
  reader.look();
  await reader.read({ now: 0, unixNow: 0 });
  // closing forgets them
  const readings = [...reader.readings].map(
    ({ quantity, name, value, missing, source, rail }): SensorReading => ({
      quantity,
      name,
      value,
      missing,
      source,
      rail,
    }),
  );
  reader.close();
  return { of: (wanted) => readings.filter(({ quantity }) => quantity === wanted) };
}
