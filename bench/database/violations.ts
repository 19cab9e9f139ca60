import { Random } from '../../src/simulator/random.js';
import { loadSqlite } from '../../src/store/sqlite.js';
import { skewed } from './skewed.js';
import type { BenchDatabase } from './workloads.js';

const START = Date.UTC(2025, 0, 1);
const YEAR_MS = 365 * 86_400_000;

/** A traffic authority's: infractions of a year, the vehicles, devices and payments that belong to them. */
export const violations: BenchDatabase = {
  name: 'violations',
  make: (file, _data, rows) => {
    const sqlite = new (loadSqlite())(file);
    sqlite.pragma('journal_mode = OFF');
    sqlite.pragma('synchronous = OFF');
    sqlite.exec(`
      CREATE TABLE device (id INTEGER PRIMARY KEY, location TEXT, city TEXT, serial TEXT, status TEXT);
      CREATE TABLE vehicle (id INTEGER PRIMARY KEY, plate TEXT, class TEXT, owner_id INTEGER);
      CREATE TABLE infraction (id INTEGER PRIMARY KEY, vehicle_id INTEGER, device_id INTEGER, location TEXT, kind TEXT, speed REAL,
        occurred_at TEXT, status TEXT, reviewed INTEGER, evidence TEXT, amount REAL);
      CREATE TABLE payment (id INTEGER PRIMARY KEY, infraction_id INTEGER, paid_at TEXT, amount REAL, method TEXT);
      BEGIN;
    `);
    const random = new Random(7);
    const device = sqlite.prepare('INSERT INTO device VALUES (?, ?, ?, ?, ?)');
    for (let id = 1; id <= 600; id += 1)
      device.run(id, `loc${id % 200}`, `city${id % 12}`, `SN${id}`, random.index(20) ? 'online' : 'offline');
    const vehicles = Math.ceil(rows * 0.15);
    const vehicle = sqlite.prepare('INSERT INTO vehicle VALUES (?, ?, ?, ?)');
    for (let id = 1; id <= vehicles; id += 1)
      vehicle.run(
        id,
        `P${id.toString(36)}`,
        ['car', 'truck', 'bus', 'motorcycle'][random.index(4)],
        random.index(vehicles),
      );
    const infraction = sqlite.prepare('INSERT INTO infraction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    for (let id = 1; id <= rows; id += 1) {
      const at = skewed(random, 600) + 1;
      const status = random.index(50) === 0 ? 'new' : ['confirmed', 'rejected', 'paid'][random.index(3)];
      infraction.run(
        id,
        random.index(vehicles) + 1,
        at,
        `loc${at % 200}`,
        ['speed', 'red', 'lane', 'stop'][random.index(4)],
        40 + random.index(100),
        new Date(START + (id / rows) * YEAR_MS).toISOString(),
        status,
        status === 'new' ? 0 : 1,
        'x'.repeat(60),
        random.index(300),
      );
    }
    const payment = sqlite.prepare('INSERT INTO payment VALUES (?, ?, ?, ?, ?)');
    for (let id = 1; id <= rows * 0.3; id += 1)
      payment.run(
        id,
        random.index(rows) + 1,
        new Date(START + (id / (rows * 0.3)) * YEAR_MS).toISOString(),
        random.index(300),
        ['card', 'cash'][random.index(2)],
      );
    sqlite.exec('COMMIT');
    sqlite.close();
    return null;
  },
  workload: [
    { sql: "SELECT * FROM infraction WHERE location = 'loc17' ORDER BY occurred_at DESC LIMIT 50", count: 100 },
    { sql: "SELECT count(*) FROM infraction WHERE status = 'new' AND reviewed = 0", count: 60 },
    { sql: 'SELECT id, kind, occurred_at FROM infraction WHERE reviewed = 0 ORDER BY occurred_at LIMIT 20', count: 60 },
    {
      sql: "SELECT i.*, v.plate FROM infraction i JOIN vehicle v ON v.id = i.vehicle_id WHERE v.plate = 'P1z4'",
      count: 80,
    },
    {
      sql: "SELECT kind, count(*), avg(speed) FROM infraction WHERE occurred_at BETWEEN '2025-06-01' AND '2025-06-02' GROUP BY kind",
      count: 20,
    },
    {
      sql: "SELECT d.serial, count(*) FROM infraction i JOIN device d ON d.id = i.device_id WHERE i.occurred_at > '2025-12-20' GROUP BY d.serial",
      count: 5,
    },
    { sql: 'SELECT * FROM payment WHERE infraction_id = 4711', count: 100 },
    {
      sql: "SELECT i.id FROM infraction i LEFT JOIN payment p ON p.infraction_id = i.id WHERE i.status = 'confirmed' AND i.device_id = 14 AND p.id IS NULL LIMIT 100",
      count: 10,
    },
    {
      sql: "SELECT id, occurred_at FROM infraction WHERE device_id = 99 AND kind = 'red' AND occurred_at > '2025-09-01' ORDER BY occurred_at",
      count: 40,
    },
    { sql: "SELECT sum(p.amount) FROM payment p WHERE p.paid_at >= '2025-11-01' AND p.method = 'card'", count: 5 },
    {
      sql: "INSERT INTO infraction (vehicle_id, device_id, location, kind, speed, occurred_at, status, reviewed) VALUES (5, 6, 'loc9', 'speed', 99, '2025-12-31', 'new', 0)",
      count: 500,
    },
    { sql: "UPDATE infraction SET reviewed = 1, status = 'confirmed' WHERE id = 77", count: 100 },
  ],
};
