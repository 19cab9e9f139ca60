/** Words of headings, tables and tiles. `{name}` stands for a value. */
const words = {
  dailyTitle: 'Daily report',
  weeklyTitle: 'Weekly report',
  madeAt: 'made {time}',
  longDay: 'The day had {hours} hours: clocks were changed.',
  soFar: 'The day goes on: this is how it was until {time}.',
  ofTenant: 'for {tenant}',

  vehicles: 'Vehicles',
  availability: 'Availability',
  accuracy: 'Accuracy (F1)',
  atLeast: 'at least {low}',
  latency: 'Latency p95',
  withoutInference: 'Without inference',
  cost: 'Cost',
  energy: 'Energy',
  traffic: 'Data sent and received',
  temperature: 'Highest temperature',
  notKnown: 'not known',
  noPower: 'the board tells no power',
  usualPlus: '{percent} more than usual',
  usualMinus: '{percent} less than usual',
  asUsual: 'as usual',
  never: 'never seen',
  notYet: 'was not there yet',
  sharedSince: '{share} since {time}',

  recommendations: 'What to do',
  dayInFigures: 'The day in figures',
  nothingToDo: 'Nothing: all is as it should be.',
  since: 'since {time}',
  gainMeasured: 'Measured: {gain}',
  gainPredicted: 'Expected: {gain}',
  gainUnknown: 'What it brings is not known beforehand.',

  byHour: 'Vehicles by hour',
  atPlace: 'at {place}',
  hourNotSeen: 'grey: the camera was not seen',
  noTraffic: 'Nothing is counted: no line and no zone is drawn.',
  classes: 'By class',
  places: 'Lines and zones',
  place: 'Line or zone',
  direction: 'Direction',

  availabilityTitle: 'When pictures came',
  program: 'Program',
  outages: '{count} interruptions',
  oneOutage: '1 interruption',
  noOutage: 'without interruption',
  from: 'From',
  lasted: 'Lasted',
  cause: 'Cause',

  camera: 'Camera',
  performance: 'How good and how fast',
  median: 'p50',
  p95: 'p95',
  worstHour: 'Worst hour',
  answers: 'Answers',
  dropped: 'Dropped',
  inferred: 'inferred',
  propagated: 'moved on',
  'reused-memory': 'recalled',
  'reused-disk': 'recalled from disk',

  machine: 'Machine',
  cpu: 'Processor, mean',
  memory: 'Memory, highest hour',
  throttled: 'Held back by heat or power',
  diskFree: 'Disk free',
  workerRestarts: 'Detector restarts',

  alerts: 'Alerts',
  noAlerts: 'None.',
  raised: 'Raised',
  held: 'Held',
  holds: 'still holds',

  trials: 'What the tuning tried',
  noTrials: 'Nothing was tried.',
  strategy: 'Strategy',
  change: 'Change',
  verdict: 'Verdict',
  gain: 'Score',
  kept: 'kept',
  'rolled-back': 'rolled back',
  expired: 'expired',
  'under-way': 'under way',

  databases: 'Databases',
  database: 'Database',
  size: 'Size',
  refused: 'Refused to store',
  lostRows: 'Rows lost',
  damaged: 'Damaged files',
  health: 'Health',
  healthOf: '{score} of 100',
  healthTitle: 'What the health of databases is made of',
  healthPart: 'Part',
  healthValue: 'Measured',
  healthGoal: 'Wanted',

  infractions: 'Infractions',
  evidence: 'Evidence stills',
  chainTitle: 'How far the evidence is',
  chainRecords: 'Records of the day',
  chainId: 'Chain',
  chainLast: 'Last record',
  chainHash: 'Its SHA-256',
  chainKey: 'Signed by the key',
  chainCheck: 'Shows later that no record up to it was changed or removed',
  crossed: 'crossed a line',
  entered: 'entered a zone',
  exited: 'left a zone',
  stopped: 'stopped',
  infraction: 'infraction',
  rule: 'Rule',
  count: 'Count',

  comparison: 'Against the same weekday of the weeks before',
  figure: 'Figure',
  today: 'This day',
  usual: 'Usual',
  difference: 'Difference',
  weeks: 'Weeks',

  tomorrow: 'Expected on {date}',
  expected: 'Vehicles',
  peak: 'Peak hour',
  bounds: '9 of 10 such hours',
  quietest: 'Quietest hour',

  week: 'This week',
  weeksBefore: 'Four weeks before',
  trend: 'Trend',
  perWeek: '{slope} a week ({low} to {high}), p {p}, since {date}',
  noTrend: 'no trend that is more than chance',
  newLevel: 'New level from {date}: {before} → {after}',
  happened: 'What happened then',
  nothingHappened: 'Nothing that the history knows of.',
  twelveWeeks: 'Median of the days; the line shows up to twelve weeks.',

  reading:
    'A dash is a number that nobody knows, never 0. Vehicles are those of the line or zone where most were counted. The F1 is against inferring every frame.',
  h: 'h',
  min: 'min',
  s: 's',
  d: 'd',
};

/** Why nothing was seen. */
const causes = {
  'program-off': 'program was off',
  'machine-off': 'machine was off',
  paused: 'paused by command',
  'camera-lost': 'no picture from the camera',
  'not-measured': 'nothing is kept',
};

/** Figures as rows of a table name them. */
const figures = {
  vehicles: 'Vehicles',
  availability: 'Availability',
  f1: 'Accuracy (F1)',
  latencyP95: 'Latency p95',
  withoutInference: 'Without inference',
  energyWh: 'Energy',
  bytes: 'Data sent and received',
  temperature: 'Highest temperature',
};

/** What the health of a database is made of. */
const healthParts = {
  integrity: 'whole file',
  'index hits': 'queries that use an index',
  'cache hits': 'pages found in memory',
  'average query': 'time of a query',
  'slow queries': 'slow queries',
  fragmentation: 'free pages in the file',
  'write-ahead log': 'write-ahead log',
  locks: 'queries that met a lock',
  fsync: 'time until the medium has it',
  'free space': 'free room on the disk',
  statistics: 'statistics for the planner',
};

/** Values of these parts that are words. */
const healthWords = { whole: 'whole', there: 'there', none: 'none' };

/** What may have changed the numbers. */
const happenings = {
  trial: 'kept',
  model: 'model',
  command: 'command',
  alert: 'alert',
  outage: 'outage',
};

/** Units of gains. */
const units = {
  vehicles: '{value} vehicles more would have been counted',
  F1: 'up to {value} of F1 more, which is the floor',
  ms: 'up to {value} ms sooner',
  '%': 'up to {value} % of the frames answered that are not now',
  days: 'without it {value} days are left',
  rows: '{value} rows would have been kept',
  events: '{value} events would have been sent',
  score: '{value} of the score is lost in each trial',
  '': 'see the reason above',
};

/** What is recommended, and the numbers it rests on. */
const recommendations = {
  'camera-unseen': {
    what: 'Find out why camera {camera} shows nothing',
    why: 'No picture came from it all day, while the program ran.',
  },
  'camera-outage': {
    what: 'See to the connection of camera {camera}',
    why: 'No picture came for {lostMs} in all ({outages} ×): pictures came in {percent} % of the day.',
  },
  'accuracy-below-floor': {
    what: 'Have camera {camera} answered by a better model',
    why: 'The estimated F1 was {f1}, below the floor of {floor}; in the worst hour {worst}.',
  },
  'answers-late': {
    what: 'Measure what this device can run faster: camera {camera} is answered late',
    why: '95 % of the answers came within {p95} ms; {limit} ms are allowed (tune.latencyMs).',
  },
  'frames-dropped': {
    what: 'Have more frames of camera {camera} answered',
    why: '{percent} % of its frames got no answer, most of them by {cause} ({frames}).',
  },
  'workers-restarted': {
    what: 'Find out why the detector ends',
    why: 'It was started again ({restarts} ×), mostly by {cause}.',
  },
  'machine-throttled': {
    what: 'Cool the cabinet, or give it more power',
    why: 'The machine was held back for {percent} % of the time; its warmest part had {temperature} °C.',
  },
  'disk-fills': {
    what: 'Make room on the disk',
    why: '{freeMiB} MiB are free and {perDayMiB} MiB go each day: it is full in {days} days.',
  },
  'store-refuses': {
    what: 'Find out why {name} cannot be written',
    why: 'Nothing could be stored for {percent} % of the time; {rows} rows were lost.',
  },
  'store-damaged': {
    what: 'Check the medium: {name} was damaged',
    why: '{files} damaged files were set aside and begun anew.',
  },
  'database-unwell': {
    what: 'See to the database {name}',
    why: 'Its health is {score} of 100; worst is {part}: {value}, where {goal} is wanted.',
  },
  'events-left-out': {
    what: 'Send shorter events',
    why: '{events} events were not sent because the bytes of the day were used up (publish.dailyBytes).',
  },
  'clock-unsynchronised': {
    what: 'Have the clock set',
    why: 'It followed no better clock for {percent} % of the day.',
  },
  'change-promises': {
    what: 'Try what the tuning found: {strategy}, {to} instead of {from}',
    why: 'It says: {reason}',
  },
  'change-keeps-failing': {
    what: 'Stop trying {to} ({strategy})',
    why: 'It was tried and taken back {times} times within a week.',
  },
};

/** Everything that reports say, in English: the keys that every language has. */
export const reportEnglish = {
  name: 'English',
  locale: 'en-GB',
  words,
  causes,
  figures,
  healthParts,
  healthWords,
  happenings,
  units,
  recommendations,
};
