import { join } from 'node:path';
import { orinLog, piUsage, type Series, sbcBench, tegrastats } from './series.js';
import type { FanGuess } from './thermal-fit.js';

/** Which recorded series a board's heat is fitted to. */
export interface FittedBoard {
  /** Below the folder of the thermal data. */
  readonly file: string;
  readonly read: (file: string) => Series;
  /** Published W at rest and at full work; only used where the series has no power. */
  readonly watts: readonly [idle: number, full: number];
  /** J/K that the second body has at least: what is known of a heat sink that a short series does not warm through. */
  readonly sinkAtLeast?: number;
  /** W/K from the second body to the air, where a series is too short to tell: as published for its heat sink. */
  readonly toAmbient?: number;
  readonly fan?: FanGuess;
  /** W of the board while the GPU rests: then power by clock is fitted too. */
  readonly clocksAbove?: number;
}

/** By the name of the plant. */
export const FITTED_BOARDS: Readonly<Record<string, FittedBoard>> = {
  'jetson-tx2': {
    file: 'jetson-tx2/thynics_vgg_gpu_sweep_114to1300MHz.txt.gz',
    read: tegrastats,
    watts: [0, 0],
    fan: { from: [51, 61], hysteresis: 8 },
    clocksAbove: 4.9,
  },
  'jetson-xavier-nx': {
    file: 'jetson-xavier-nx/bjgeiser_tegra_burn_tegrastats.log',
    read: tegrastats,
    watts: [0, 0],
    sinkAtLeast: 200,
    toAmbient: 0.29,
  },
  'jetson-nano': {
    file: 'jetson-nano/sumantbagri_tegrastats.txt',
    read: (file) => tegrastats(file, 'CPU'),
    watts: [0, 0],
    sinkAtLeast: 90,
    toAmbient: 0.2,
  },
  'jetson-agx-orin': {
    file: 'jetson-agx-orin/bkubwimana_pmlog_20min.csv.gz',
    read: orinLog,
    watts: [0, 0],
    sinkAtLeast: 400,
  },
  'pi-3b-closed': { file: 'rpi3b/pitemp_minmax_1111100011_w30.csv.gz', read: piUsage, watts: [1.4, 5] },
  'pi-3b-intake': { file: 'rpi3b/pitemp_minmax_1111001011_w30.csv.gz', read: piUsage, watts: [1.4, 5] },
  'pi-4b': { file: 'rpi4b/ivasilyev_1_temp_bench.csv', read: piUsage, watts: [2.7, 6.4] },
  'pi-5': { file: 'sbc-bench/parsed/1ULtUe.csv', read: sbcBench, watts: [2.9, 8.5] },
  'rock-5b': { file: 'sbc-bench/parsed/4qJG.csv', read: sbcBench, watts: [2.5, 10] },
  n5105: { file: 'sbc-bench/parsed/3Qf7.csv', read: sbcBench, watts: [6, 19] },
};

export const seriesOf = (folder: string, { file, read }: FittedBoard): Series => read(join(folder, file));
