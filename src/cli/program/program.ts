import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { PROJECT_ROOT } from '../../foundation/home.js';
import { maskCredentials } from '../../foundation/log.js';
import { addAim } from './aim.js';
import { addAlerts } from './alerts.js';
import { addCollect } from './collect.js';
import { addCommand } from './command.js';
import { addConfig } from './config.js';
import { addDashboard } from './dashboard.js';
import { addDb } from './db.js';
import { addDetect } from './detect.js';
import { addDetector } from './detector.js';
import { addDiagnose } from './diagnose.js';
import { addEvidence } from './evidence.js';
import { addFleet } from './fleet.js';
import { addHealth } from './health.js';
import { addHistory } from './history.js';
import { addModels } from './models.js';
import { addMqtt } from './mqtt.js';
import { addOptimize } from './optimize.js';
import type { Perform } from './perform.js';
import { addProfile } from './profile.js';
import { addReport } from './report.js';
import { addRun } from './run.js';
import { addSensors } from './sensors.js';
import { addStore } from './store.js';
import { addTraffic } from './traffic.js';
import { addTrials } from './trials.js';
import { addUpdate } from './update.js';

const EXIT_CODES = `
Exit codes:
  0  done
  1  something failed that may go well the next time
  2  the command line, the configuration or what they name cannot be used: trying again does not help`;

/**
 * The command line: what commands, arguments and options there are. A command's work is in cli/, loaded only when it is
 * performed. Parsing throws a CommanderError for bad usage, --help and --version, whose text it has printed by then.
 * @param perform is handed the work of the command that was called; whoever only wants to parse does nothing with it
 */
export function buildProgram(perform: Perform): Command {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  const program = new Command('edge-optimizer')
    .description('Says which vehicles are where, from fixed roadside cameras, and reports over MQTT.')
    .version(version)
    .showSuggestionAfterError()
    // it repeats what it does not know, which may be an address
    .configureOutput({ outputError: (text, write) => write(maskCredentials(text)) })
    .addHelpText('after', EXIT_CODES)
    .exitOverride((error) => {
      throw error;
    });
  addRun(program, perform);
  addDetect(program, perform);
  addConfig(program, perform);
  addModels(program, perform);
  addProfile(program, perform);
  addDetector(program, perform);
  addHistory(program, perform);
  addTraffic(program, perform);
  addReport(program, perform);
  addMqtt(program, perform);
  addCollect(program, perform);
  addFleet(program, perform);
  addDiagnose(program, perform);
  addDashboard(program, perform);
  addHealth(program, perform);
  addAim(program, perform);
  addSensors(program, perform);
  addDb(program, perform);
  addStore(program, perform);
  addUpdate(program, perform);
  addCommand(program, perform);
  addAlerts(program, perform);
  addTrials(program, perform);
  addEvidence(program, perform);
  addOptimize(program, perform);
  return program;
}
