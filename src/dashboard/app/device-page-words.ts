const en = {
  now: 'Now',
  performance: 'Performance',
  cache: 'Cache',
  database: 'Database',
  resources: 'Resources',
  tuning: 'Tuning',
  alerts: 'Alerts',
  reports: 'Reports',
  models: 'Models',
  setup: 'Setup',
};

const es: typeof en = {
  now: 'Ahora',
  performance: 'Rendimiento',
  cache: 'Caché',
  database: 'Base de datos',
  resources: 'Recursos',
  tuning: 'Ajuste',
  alerts: 'Alertas',
  reports: 'Informes',
  models: 'Modelos',
  setup: 'Configuración',
};

/** What the pages of a device are called. */
export const devicePageWords = { en, es };
