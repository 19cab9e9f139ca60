const en = {
  fleet: 'Fleet',
  device: 'Device',
  unlike: 'Unlike the rest',
  reports: 'Reports',
  actions: 'Actions',
  action: 'Action',
  begin: 'Begin an action',
  configuration: 'Configuration',
  audit: 'Audit',
  received: 'Refused and missing',
};
const es: typeof en = {
  fleet: 'Flota',
  device: 'Equipo',
  unlike: 'Distintos',
  reports: 'Informes',
  actions: 'Acciones',
  action: 'Acción',
  begin: 'Iniciar una acción',
  configuration: 'Configuración',
  audit: 'Auditoría',
  received: 'Rechazado y perdido',
};

/** What the pages of a fleet are called. */
export const fleetPageWords = { en, es };
