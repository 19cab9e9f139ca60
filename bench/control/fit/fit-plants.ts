import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OptionError } from '../../harness/options.js';
import type { Row } from '../../harness/report.js';
import { parsePlant } from '../plant-file.js';
import { FITTED_BOARDS, seriesOf } from './boards.js';
import { fitClocks } from './clocks-fit.js';
import { fitThermal } from './thermal-fit.js';

/**
 * Fits the boards of a folder to their recorded series, and writes what was found into their files: `thermal`, `fitted` and, where
 * the series tells it, `clocks`. Everything else in them stays.
 *
 * @param files of plants
 * @param folder with the thermal data: `jetson-tx2/`, `rpi3b/`, `sbc-bench/` …
 * @returns a row per board: how near the fit comes
 */
export function fitPlants(files: readonly string[], folder: string): Row[] {
  return files.flatMap((file) => {
    const text = JSON.parse(readFileSync(file, 'utf8')) as { name: string };
    const board = FITTED_BOARDS[text.name];
    if (!board) return [];
    const source = join(folder, board.file);
    if (!existsSync(source)) throw new OptionError(`--fit: expected ${board.file} in ${folder}, there is none`);
    const series = seriesOf(folder, board);
    const fit = fitThermal(series, parsePlant(text), board);
    // what a series without a fan cannot show stays as it was published
    const thermal = board.fan ? fit.thermal : { ...fit.thermal, fan: parsePlant(text).thermal.fan };
    const clocks = board.clocksAbove === undefined ? {} : { clocks: fitClocks(series, board.clocksAbove) };
    const fitted = { series: board.file, seconds: fit.seconds, ambient: fit.ambient, rmseKelvin: fit.rmse };
    writeFileSync(file, `${JSON.stringify({ ...text, thermal, ...clocks, fitted }, null, 2)}\n`);
    return [
      {
        plant: text.name,
        series: board.file,
        seconds: fit.seconds,
        rmseKelvin: fit.rmse,
        spreadKelvin: fit.spread,
        ambient: fit.ambient,
        sink: fit.thermal.nodes[1]!.joulesPerKelvin,
        kelvinPerWatt: Number(
          (1 / fit.thermal.nodes[1]!.wattsPerKelvinToAmbient + 1 / fit.thermal.links[0]!.wattsPerKelvin).toFixed(2),
        ),
      },
    ];
  });
}
