import type { MqttClient } from 'mqtt';
import { AnsweringFleet, type AnsweringFleetOptions } from './answering-fleet.js';

export interface AnsweringRunOptions extends Omit<AnsweringFleetOptions, 'publish'> {
  /** s for which those that are away at first stay so. */
  readonly awayS: number;
  readonly minutes: number;
  /** Hears how it goes, every ten seconds. */
  readonly onLine: (line: string) => void;
}

const MEASURE_MS = 60_000;
const LINE_MS = 10_000;

/** A fleet at a broker that answers commands until the time is over or it is told to stop. @returns whether nobody did anything twice */
export async function answerCommands(
  client: MqttClient,
  { awayS, minutes, onLine, ...options }: AnsweringRunOptions,
): Promise<boolean> {
  const fleet = new AnsweringFleet({
    ...options,
    publish: (topic, payload, qos, retain) => void client.publish(topic, payload, { qos, retain }),
  });
  client.on('message', (topic, payload) => void fleet.take(topic, payload));
  await client.subscribeAsync('edge/v1/+/+/cmd/+', { qos: 1 });
  fleet.come();
  const line = (): void => {
    const { there, heard, done, twice } = fleet.counts();
    onLine(`${there} of ${fleet.devices.length} there, ${heard} commands heard, ${done} done, ${twice} done twice`);
  };
  const timers = [
    setInterval(() => fleet.measure(), MEASURE_MS),
    setInterval(line, LINE_MS),
    setTimeout(() => fleet.comeBack(), awayS * 1000),
  ];
  let stop: () => void = () => undefined;
  const over = setTimeout(() => stop(), minutes * 60_000);
  await new Promise<void>((resolve) => {
    stop = resolve;
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  for (const timer of [...timers, over]) clearTimeout(timer);
  line();
  return fleet.counts().twice === 0;
}
