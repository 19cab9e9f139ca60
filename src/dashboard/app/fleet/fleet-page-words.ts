const en = {
  fleet: 'Fleet',
  device: 'Device',
};
const es: typeof en = {
  fleet: 'Flota',
  device: 'Equipo',
};

/** What the pages of a fleet are called. */
export const fleetPageWords = { en, es };
