import type { Check } from '../check.js';
import { boardCheck } from './accelerator/board.js';
import { devicesCheck } from './accelerator/devices.js';
import { acceleratorMemoryCheck } from './accelerator/memory.js';
import { providersCheck } from './accelerator/providers.js';
import { speedCheck } from './accelerator/speed.js';
import { cacheCheck } from './accuracy/cache.js';
import { estimateCheck } from './accuracy/estimate.js';
import { reuseCheck } from './accuracy/reuse.js';
import { trialsCheck } from './accuracy/trials.js';
import { outboxBacklog } from './broker/backlog.js';
import { brokerCertificates } from './broker/certificates.js';
import { brokerConnection } from './broker/connection.js';
import { programComplaints } from './broker/program-complaints.js';
import { brokerRights } from './broker/rights.js';
import { camerasCheck } from './cameras/cameras.js';
import { testPictureCheck } from './detector/test-picture.js';
import { modelFilesCheck } from './models/files.js';
import { modelVariantCheck } from './models/variant.js';
import { networkLinks } from './network/links.js';
import { proxyVariables } from './network/proxy.js';
import { uplinkEstimate } from './network/uplink.js';
import { wayOut } from './network/way-out.js';
import { alertsCheck } from './service/alerts.js';
import { configurationCheck } from './service/configuration.js';
import { groupsCheck } from './service/groups.js';
import { portsCheck } from './service/ports.js';
import { runningCheck } from './service/running.js';
import { unitCheck } from './service/unit.js';
import { databasesCheck } from './storage/databases.js';
import { folderModeCheck } from './storage/folder-mode.js';
import { fsyncCheck } from './storage/fsync.js';
import { mediumCheck } from './storage/medium.js';
import { networkFileSystemCheck } from './storage/network-file-system.js';
import { queriesCheck } from './storage/queries.js';
import { readOnlyCheck } from './storage/read-only.js';
import { sharedMemoryCheck } from './storage/shared-memory.js';
import { spaceCheck } from './storage/space.js';
import { temporaryCheck } from './storage/temporary.js';
import { clockCheck } from './system/clock.js';
import { coresCheck } from './system/cores.js';
import { fanCheck } from './system/fan.js';
import { heatCheck } from './system/heat.js';
import { memoryCheck } from './system/memory.js';
import { nodeCheck } from './system/node.js';
import { oomKillsCheck } from './system/oom-kills.js';
import { platformCheck } from './system/platform.js';
import { powerCheck } from './system/power.js';
import { timeZoneCheck } from './system/time-zone.js';
import { uptimeCheck } from './system/uptime.js';

/** Everything that is looked at; a check is a file beneath this folder and its line here. */
export const CHECKS: readonly Check[] = [
  nodeCheck(),
  memoryCheck(),
  coresCheck(),
  clockCheck(),
  timeZoneCheck(),
  uptimeCheck(),
  oomKillsCheck(),
  powerCheck(),
  heatCheck(),
  fanCheck(),
  platformCheck(),
  // storage
  spaceCheck(),
  readOnlyCheck(),
  networkFileSystemCheck(),
  fsyncCheck(),
  mediumCheck(),
  databasesCheck(),
  queriesCheck(),
  sharedMemoryCheck(),
  temporaryCheck(),
  folderModeCheck(),

  // accelerator, models, detector
  boardCheck(),
  devicesCheck(),
  providersCheck(),
  speedCheck(),
  acceleratorMemoryCheck(),
  modelFilesCheck(),
  modelVariantCheck(),
  testPictureCheck(),

  // cameras
  camerasCheck(),

  // broker, network
  brokerConnection(),
  brokerCertificates(),
  brokerRights(),
  programComplaints(),
  outboxBacklog(),
  networkLinks(),
  wayOut(),
  uplinkEstimate(),
  proxyVariables(),

  // service, accuracy
  configurationCheck(),
  unitCheck(),
  groupsCheck(),
  runningCheck(),
  portsCheck(),
  alertsCheck(),
  estimateCheck(),
  trialsCheck(),
  cacheCheck(),
  reuseCheck(),
];
