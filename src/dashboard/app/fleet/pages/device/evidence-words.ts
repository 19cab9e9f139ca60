const en = {
  evidence: 'Evidence',
  evidenceHint: 'What it sent of its chain of evidence, the newest first. A picture is fetched when you ask for it.',
  noEvidence: 'It sent none: `evidence.push` sends it over MQTT.',
  record: 'Record',
  show: { crop: 'Show the vehicle', context: 'Show the scene' },
  sized: (what: string, kilobytes: string) => `${what} (${kilobytes} kB)`,
  picture: (record: string) => `Picture of record ${record}`,
  onRequest: 'What it keeps itself',
  onRequestHint:
    'The device is asked by a signed command. That you asked is taken down, here and there; what it answers is shown to you alone and kept nowhere else.',
  ask: 'Ask the device for its newest records',
  asking: 'The device is asked …',
  keepsNone: 'It keeps no record.',
  unreadable: (count: string) =>
    `Records that cannot be read: ${count}. The device has another version of the program.`,
};

const es: typeof en = {
  evidence: 'Pruebas',
  evidenceHint:
    'Lo que envió de su cadena de pruebas, primero lo más reciente. Una imagen se pide cuando usted la quiere.',
  noEvidence: 'No envió ninguna: `evidence.push` las envía por MQTT.',
  record: 'Registro',
  show: { crop: 'Ver el vehículo', context: 'Ver la escena' },
  sized: (what, kilobytes) => `${what} (${kilobytes} kB)`,
  picture: (record) => `Imagen del registro ${record}`,
  onRequest: 'Lo que guarda el propio equipo',
  onRequestHint:
    'Se pregunta al equipo con una orden firmada. Que usted preguntó queda anotado, aquí y allí; lo que responde se le muestra solo a usted y no se guarda en ningún otro sitio.',
  ask: 'Pedir al equipo sus registros más recientes',
  asking: 'Se está preguntando al equipo …',
  keepsNone: 'No guarda ningún registro.',
  unreadable: (count) => `Registros que no se pueden leer: ${count}. El equipo tiene otra versión del programa.`,
};

export const evidenceWords = { en, es };
