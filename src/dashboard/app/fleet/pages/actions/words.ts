const en = {
  title: 'Actions, newest first',
  begin: 'Begin an action',
  none: 'Nothing was done with this fleet yet.',
  by: (name: string) => `by ${name}`,
  command: 'Command',
  state: 'State',
};

const es: typeof en = {
  title: 'Acciones, primero las más recientes',
  begin: 'Iniciar una acción',
  none: 'Todavía no se ha hecho nada con esta flota.',
  by: (name) => `por ${name}`,
  command: 'Orden',
  state: 'Estado',
};

export const actionListWords = { en, es };
