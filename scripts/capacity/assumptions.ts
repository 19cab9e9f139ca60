/** One number that the sheet rests on: what it is, and why it is this one. */
export interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
}

/** All of them, by their flags. Each is somebody's to replace by what is known better. */
export const ASSUMPTIONS = {
  cameras: {
    value: 1,
    unit: 'a device',
    what: 'cameras; each further one brings traffic counts, and longer metrics, summaries and reports',
  },
  'busiest-hour': {
    value: 0.08,
    unit: 'of a day',
    what: 'share of the single events of a day that falls into its busiest hour',
  },
  'outage-hours': {
    value: 2,
    unit: 'h',
    what: 'the broker is away for all devices at once; what must arrive waits in them meanwhile',
  },
  'return-minutes': {
    value: 10,
    unit: 'min',
    what: 'in which all devices are back afterwards; each tries again after a pause of its own, a minute at most',
  },
  'catch-up-hours': { value: 2, unit: 'h', what: 'after which what waited is to be stored' },
  'broker-connections': {
    value: 100_000,
    unit: 'a node',
    what: 'connections with TLS that one node of the cluster holds (4 to 8 cores, 16 GiB); EMQX and HiveMQ publish more',
  },
  'broker-messages': {
    value: 20_000,
    unit: 'a second and node',
    what: 'messages in and out of one node of the cluster, QoS 1 written to disk',
  },
  'collector-messages': {
    value: 5000,
    unit: 'a second',
    what: 'messages that one collector stores; measure with npm run -s bench -- collector where it will run',
  },
  headroom: { value: 2, unit: 'times', what: 'what is bought above what is needed at the busiest time' },
  'row-bytes': {
    value: 400,
    unit: 'bytes',
    what: 'one message in the store, with its indexes; TimescaleDB compresses older ones about ten times',
  },
  'retention-days': { value: 90, unit: 'days', what: 'that rows are kept' },
  compression: { value: 1, unit: 'times', what: 'by which the store shrinks rows that are kept; 1: not at all' },
  copies: { value: 2, unit: '', what: 'of the store' },
  'node-price': { value: 120, unit: 'EUR a month', what: 'one node of a broker, a collector or a database' },
  'disk-price': { value: 0.1, unit: 'EUR a GB and month', what: 'the disks of the store' },
  'uplink-price': { value: 0.5, unit: 'EUR a GB', what: 'what the devices send, by their data plan' },
  'store-rows': { value: 50_000, unit: 'a second and node', what: 'rows that one database node takes in' },
} as const satisfies Record<string, Assumption>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export type Assumed = Readonly<Record<AssumptionName, number>>;

/** As they stand. */
export const assumed = (): Record<AssumptionName, number> =>
  Object.fromEntries(Object.entries(ASSUMPTIONS).map(([name, { value }]) => [name, value])) as Record<
    AssumptionName,
    number
  >;
