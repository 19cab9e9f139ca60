const en = {
  fleet: 'Fleet',
  device: 'Device',
  unlike: 'Unlike the rest',
  reports: 'Reports',
  received: 'Refused and missing',
};
const es: typeof en = {
  fleet: 'Flota',
  device: 'Equipo',
  unlike: 'Distintos',
  reports: 'Informes',
  received: 'Rechazado y perdido',
};

/** What the pages of a fleet are called. */
export const fleetPageWords = { en, es };
