import type { FindingText } from './text.js';

/** Words of tables and headings. */
const words = {
  system: 'System',
  storage: 'Storage',
  accelerator: 'Accelerator',
  models: 'Models',
  detector: 'Detector',
  cameras: 'Cameras',
  broker: 'Broker',
  network: 'Network',
  service: 'Service',
  accuracy: 'Accuracy',

  fine: 'fine',
  unknown: 'not known',
  degraded: 'degraded',
  broken: 'broken',

  seen: 'seen',
  means: 'means',
  remedy: 'do',
};

/** What `aim` says. */
const aim = {
  noPicture: 'No picture yet.',
  fps: 'frames/s',
  focus: 'Focus',
  ofBest: 'of the best so far',
  noTexture: 'nothing to focus on',
  exposure: 'Light',
  black: 'black',
  white: 'white',
  vehicles: 'Vehicles',
  now: 'now',
  perMinute: 'a minute',
  smallest: 'Smallest',
  surely: 'is surely found (the square in the corner)',
  soFar: 'is the smallest so far',
  tooDark: 'Too dark: open the iris, lengthen the exposure or switch the infrared light on.',
  tooBright: 'Too bright: close the iris, shorten the exposure, or turn the camera away from the light.',
  covered: 'Nothing can be made out: take the cap off, clean the glass, see whether something stands before it.',
  pastBest: 'It was sharper before: turn the focus back.',
};

const system = {
  'node-fine': { what: 'Node {version}, {libc}, {arch}', seen: 'process.version' },
  'node-too-old': {
    what: 'Node {version} is older than {wanted}',
    seen: 'process.version',
    means: 'The program may fail at any time: it is tested with newer ones only.',
    remedy: 'Install Node {wanted} or newer (docs/deployment.md, step 1), then: systemctl restart edge-optimizer',
  },
  'memory-fine': {
    what: '{available} MiB of memory are available, of {total}',
    seen: '/proc/meminfo and the control groups of the program',
  },
  'memory-unknown': {
    what: 'How much memory there is cannot be read',
    seen: '/proc/meminfo',
    means: 'A want of memory would not be seen before the kernel kills the program.',
    remedy: 'Look yourself: free -m',
  },
  'memory-low': {
    what: 'Only {available} MiB of memory are available, of {total}',
    seen: '/proc/meminfo and the control groups of the program',
    means: 'The kernel soon kills a process, often the detector: answers pause until it has started again.',
    remedy: 'See who uses most, and stop what is not needed: ps aux --sort=-rss | head',
  },
  'memory-limit-small': {
    what: 'A control group allows {limit} MiB; the program and a detector need {wanted} MiB or more',
    seen: 'memory.max of the control group',
    means: 'The kernel kills the detector as soon as it has loaded a model.',
    remedy:
      'Allow more: systemctl set-property edge-optimizer MemoryMax={wanted}M (a container: docker update --memory {wanted}m --memory-swap {wanted}m NAME)',
  },
  'memory-swap-full': {
    what: 'Swap is full: {used} of {total} MiB, and little memory is free',
    seen: '/proc/meminfo',
    means: 'Whatever is swapped in and out delays answers by seconds, and an SD card wears out.',
    remedy: 'See who uses most, and stop what is not needed: ps aux --sort=-rss | head',
  },
  'memory-program-cache': {
    what: 'The program uses {used} MiB, {percent} % of the {most} MiB that it may; its cache may take {cache} MiB',
    seen: 'VmRSS of the program and of its workers in /proc',
    means: 'It is killed when it reaches the limit: answers pause, and what was in memory is lost.',
    remedy: 'Set cache.memoryBytes: {wanted} in the configuration, then: systemctl restart edge-optimizer',
  },
  'memory-program-workers': {
    what: 'The program uses {used} MiB, {percent} % of the {most} MiB that it may; it runs {workers} detectors side by side',
    seen: 'VmRSS of the program and of its workers in /proc',
    means: 'It is killed when it reaches the limit: answers pause, and what was in memory is lost.',
    remedy:
      'Set detector.workers (or workers of the entries of detector.pools) lower than {workers}, then: systemctl restart edge-optimizer',
  },
  'memory-program-limit': {
    what: 'The program uses {used} MiB, {percent} % of the {most} MiB that it may',
    seen: 'VmRSS of the program and of its workers in /proc',
    means: 'It is killed when it reaches the limit: answers pause, and what was in memory is lost.',
    remedy:
      'Set detector.arena: false in the configuration, then: systemctl restart edge-optimizer. Where that does not help, it needs {wanted} MiB.',
  },
  'memory-program-threshold': {
    what: 'The program uses {used} MiB, more than the {most} MiB of thresholds.maxMemoryUsageMb',
    seen: 'VmRSS of the program and of its workers in /proc',
    means: 'It takes what other programs, or a second detector during a change of model, may need.',
    remedy:
      'Set cache.memoryBytes lower (it is {cache} MiB) or detector.workers (there are {workers}), or raise thresholds.maxMemoryUsageMb where the machine has the room.',
  },
  'cores-fine': {
    what: '{usable} of {present} cores, load {load}',
    seen: '/sys/devices/system/cpu/online, Cpus_allowed_list, /proc/loadavg',
  },
  'cores-unknown': {
    what: 'How many cores there are cannot be read',
    seen: '/sys/devices/system/cpu/online, /proc/self/status',
    means: 'Whether the program gets the processor that it needs is not known.',
    remedy: 'Look yourself: nproc',
  },
  'cores-pinned': {
    what: 'The program may run on {usable} of {present} cores',
    seen: 'Cpus_allowed_list in /proc',
    means: 'Cameras are decoded and vehicles detected on the same core: most frames come late.',
    remedy:
      'Take away CPUAffinity and AllowedCPUs of the unit: systemctl edit edge-optimizer (a container: --cpuset-cpus)',
  },
  'cores-quota': {
    what: 'A control group allows {quota} of {present} cores',
    seen: 'cpu.max of the control group',
    means: 'The program is stopped for part of each tenth of a second: answers come late and uneven.',
    remedy:
      'Allow more: systemctl set-property edge-optimizer CPUQuota=200% (a container: docker update --cpus 2 NAME)',
  },
  'cores-overloaded': {
    what: '{load} processes want to run on {present} cores, over five minutes',
    seen: '/proc/loadavg',
    means: 'Each waits longer than it works: frames are skipped and answers come late.',
    remedy: 'See who uses most, and stop what is not needed: top -b -n 1 -o %CPU | head -20',
  },
  'stalled-for-memory': {
    what: 'For {percent} % of the time everything waits for memory',
    seen: '/proc/pressure/memory',
    means: 'Nothing is answered meanwhile; the kernel kills a process next.',
    remedy: 'See who uses most, and stop what is not needed: ps aux --sort=-rss | head',
  },
  'stalled-for-disk': {
    what: 'For {percent} % of the time everything waits for a disk',
    seen: '/proc/pressure/io',
    means: 'Frames are skipped and answers come late.',
    remedy: 'See who reads and writes, and stop what is not needed: iotop -b -o -n 3',
  },
  'clock-fine': {
    what: 'The clock is synchronised: {date}',
    seen: 'what keeps it right: chrony, systemd-timesyncd or the kernel',
  },
  'clock-unknown': {
    what: 'Nothing tells whether the clock is right: {date}',
    seen: 'neither chrony nor systemd runs here; a container has the clock of its host',
    means: 'Times of vehicles may be wrong.',
    remedy: 'Compare it with a watch; on the host: timedatectl',
  },
  'clock-before-build': {
    what: 'The clock says {date}, before this program was made ({built})',
    seen: 'the clock',
    means: 'TLS certificates are refused, so no broker and no camera over TLS; what is stored carries wrong times.',
    remedy: 'Set it: timedatectl set-ntp true (without a time server: date -s "YYYY-MM-DD hh:mm")',
  },
  'clock-not-synchronised': {
    what: 'The clock follows no better one',
    seen: 'what keeps it right: chrony, systemd-timesyncd or the kernel',
    means: 'Times of vehicles drift by seconds a day, and differ between devices.',
    remedy: 'Turn it on: timedatectl set-ntp true; where it is on, UDP port 123 must reach a time server',
  },
  'clock-off': {
    what: 'The clock is {seconds} s away from its time server',
    seen: 'what keeps it right: chrony or systemd-timesyncd',
    means: 'Times of vehicles are wrong by as much.',
    remedy: 'Set it at once: chronyc makestep (without chrony: systemctl restart systemd-timesyncd)',
  },
  'clock-battery': {
    what: 'The clock with the battery (RTC) is {seconds} s away from that of the system',
    seen: 'since_epoch in /sys/class/rtc',
    means: 'After the next power cut the device begins with a wrong time, until a time server answers.',
    remedy: 'Write it: hwclock --systohc --utc; where it is wrong again after a power cut, change the battery',
  },
  'clock-jumped': {
    what: 'The clock was set {jumps} times while the program ran',
    seen: 'machine_clock_jumps of the running program',
    means: 'Times between vehicles, and what is told by the hour, are wrong around each jump.',
    remedy: 'Let one program only set it: systemctl list-units "*ntp*" "*chrony*" "*timesync*"',
  },
  'time-zone-fine': {
    what: 'The time zone is {zone}',
    seen: 'TZ, /etc/localtime',
  },
  'time-zone-unset': {
    what: 'No time zone is set: hours are those of UTC',
    seen: '/etc/localtime is not there, TZ is not set',
    means: 'Rush hours and quiet hours are told in UTC.',
    remedy: 'Set it: timedatectl set-timezone America/Santiago (a container: --env TZ=America/Santiago)',
  },
  'time-zone-dangling': {
    what: 'The time zone of the system leads nowhere: hours are those of UTC',
    seen: '/etc/localtime is a link to a file that is not there',
    means: 'Rush hours and quiet hours are told in UTC.',
    remedy: 'Install the zones and set it: apt install tzdata && timedatectl set-timezone America/Santiago',
  },
  'time-zone-no-such': {
    what: 'There is no time zone {zone}: hours are those of UTC',
    seen: 'TZ in the environment',
    means: 'Rush hours and quiet hours are told in UTC.',
    remedy: 'Set TZ to a name that timedatectl list-timezones shows, such as America/Santiago, or take it away',
  },
  'power-fine': {
    what: 'The power supply is strong enough, now and since the start',
    seen: "the board's own watch of its supply",
  },
  'power-low-now': {
    what: 'The power supply is too weak: the voltage is too low now',
    seen: "get_throttled of the firmware, or the alarm of the board's supply",
    means: 'The board slows itself down, and may start anew or damage its SD card at any moment.',
    remedy:
      'Use the supply that is made for the board (Raspberry Pi 5: 5 V 5 A, 27 W) and a short, thick cable; unplug USB devices that need much.',
  },
  'power-low-since-start': {
    what: 'The power supply was too weak since the machine started',
    seen: "get_throttled of the firmware, or the counter of the board's supply",
    means: 'Under load the board slows itself down, and may start anew or damage its SD card.',
    remedy:
      'Use the supply that is made for the board (Raspberry Pi 5: 5 V 5 A, 27 W) and a short, thick cable, then start the machine anew.',
  },
  'power-over-current': {
    what: 'The board draws more current than it may',
    seen: "the alarm of the board's supply",
    means: 'The board slows itself down: fewer frames are answered.',
    remedy: 'Choose a power mode that the supply can carry (Jetson: nvpmodel -q shows it, nvpmodel -m N sets it).',
  },
  'heat-fine': {
    what: '{celsius} °C, slowed down from {limit} °C on',
    seen: 'temperatures in /sys',
  },
  'heat-near-limit': {
    what: '{celsius} °C: the machine is slowed down from {limit} °C on',
    seen: 'temperatures in /sys',
    means: 'On a warmer day fewer frames are answered.',
    remedy: 'Clean fan and filter of the cabinet, and give it shade or moving air.',
  },
  'heat-slowed': {
    what: 'The machine is slowed down by heat ({celsius} °C, from {limit} °C on)',
    seen: 'temperatures and cooling devices in /sys, get_throttled of the firmware',
    means: 'Fewer frames are answered, and later.',
    remedy: 'Clean fan and filter of the cabinet, and give it shade or moving air.',
  },
  'heat-slowed-before': {
    what: 'The machine was slowed down by heat since its start; now it has {celsius} °C',
    seen: 'get_throttled of the firmware',
    means: 'In warm hours fewer frames are answered.',
    remedy: 'Clean fan and filter of the cabinet, and give it shade or moving air.',
  },
  'fan-fine': {
    what: 'The fan is as it should be: {rpm} turns a minute',
    seen: 'fan and pwm in /sys/class/hwmon',
  },
  'fan-stopped': {
    what: 'The fan {name} is driven with {percent} % and stands still',
    seen: 'fan and pwm in /sys/class/hwmon',
    means: 'The board becomes too hot and slows itself down.',
    remedy: 'Check the plug of the fan and what blocks it; else replace it.',
  },
  'oom-none': {
    what: 'No process was killed for want of memory since the start',
    seen: 'oom_kill in /proc/vmstat and in the control groups',
  },
  'oom-unknown': {
    what: 'Whether the kernel killed a process for want of memory is not told',
    seen: '/proc/vmstat and memory.events',
    means: 'A detector that vanishes now and then may have been killed.',
    remedy: 'Look yourself: journalctl -k --grep "Out of memory"',
  },
  'oom-kills': {
    what: 'The kernel killed {count} processes for want of memory since the start',
    seen: 'oom_kill in /proc/vmstat',
    means: 'If a detector was among them, answers paused.',
    remedy: 'See which they were: journalctl -k --grep "Out of memory|Killed process"',
  },
  'oom-kills-in-group': {
    what: 'The kernel killed {count} processes because the control group reached its limit',
    seen: 'memory.events of the control group',
    means: 'Answers pause each time until the detector has started again.',
    remedy:
      'Allow more: systemctl set-property edge-optimizer MemoryMax=1G (a container: docker update --memory 1g --memory-swap 1g NAME)',
  },
  'uptime-fine': {
    what: 'The machine has been running for {hours} h, and ended in order before',
    seen: '/proc/uptime, pstore, watchdog, the lock of the store',
  },
  'crash-kernel': {
    what: 'The kernel crashed at {date}',
    seen: '/sys/fs/pstore, /var/lib/systemd/pstore',
    means: 'The machine may crash again: power, memory, SD card or a driver.',
    remedy:
      'Read the last words: cat /var/lib/systemd/pstore/*/dmesg.txt /sys/fs/pstore/dmesg-* (remove them to end this message)',
  },
  'crash-watchdog': {
    what: 'The watchdog started the machine anew',
    seen: 'bootstatus in /sys/class/watchdog',
    means: 'The machine had stopped altogether, and may do so again: power, heat, SD card or a driver.',
    remedy: 'Read what came before: journalctl -b -1 -n 100',
  },
  'crash-program': {
    what: 'The program that started at {since} did not end in order: it was killed, or the power went',
    seen: 'running.json in the store',
    means: 'Nothing answers now. What was in memory only is lost; the databases mend themselves at the next start.',
    remedy: 'Start it and see why it ended: systemctl start edge-optimizer; journalctl -u edge-optimizer -n 100',
  },
  'platform-fine': {
    what: '{kernel} with {libc}',
    seen: 'the kernel and Node',
  },
  'platform-musl': {
    what: 'This Node stands on musl',
    seen: 'process.report',
    means: 'ONNX Runtime needs glibc: no detector starts, nothing is answered.',
    remedy: 'Use a system with glibc, such as Debian 12 or Ubuntu 22.04 (not Alpine), or its Node.',
  },
  'platform-32-bit-node': {
    what: 'Node is one of 32 bits ({arch}) on a kernel of 64 ({kernel})',
    seen: 'process.arch, uname -m',
    means: 'ONNX Runtime has no libraries for it: no detector starts, nothing is answered.',
    remedy: 'Install the 64-bit edition of the system, or Node for 64 bits.',
  },
  'platform-unsupported': {
    what: 'ONNX Runtime is not there for {arch} ({kernel})',
    seen: 'process.arch, uname -m',
    means: 'No detector starts, nothing is answered.',
    remedy: 'Use a board with x64 or arm64.',
  },
  'heat-fine-without-limit': {
    what: '{celsius} °C; at how many the machine is slowed down is not told',
    seen: 'temperatures in /sys',
  },
} satisfies Record<string, FindingText>;

const storage = {
  'space-fine': {
    what: '{free} MiB are free at {folder}',
    seen: 'statfs',
  },
  'space-unknown': {
    what: 'How much is free at {folder} is not told',
    seen: 'statfs, which did not answer within 2 s',
    means: 'The disk may be about to fail, or a network server is gone.',
    remedy: 'Look yourself: df -h {folder}',
  },
  'space-little': {
    what: 'Only {free} MiB are free at {folder}',
    seen: 'statfs',
    means: 'History, cache and messages that wait are soon no longer kept.',
    remedy:
      'See what takes most, and remove what is not needed: du -xh --max-depth=2 {folder} | sort -h | tail (databases of ours: edge-optimizer store vacuum)',
  },
  'space-none': {
    what: 'Nothing is free at {folder} ({free} MiB)',
    seen: 'statfs',
    means: 'Nothing is kept any more: messages that the broker does not take at once are lost at a restart.',
    remedy: 'See what takes most, and remove what is not needed: du -xh --max-depth=2 {folder} | sort -h | tail',
  },
  'space-few-inodes': {
    what: 'Only {files} files can still be made at {folder}, although there may be room',
    seen: 'statfs',
    means: 'No new file can be made: databases cannot be written.',
    remedy: 'Find the folder with very many files and empty it: du -x --inodes --max-depth=3 {folder} | sort -n | tail',
  },
  'store-writable': {
    what: '{folder} can be written',
    seen: 'a file written there and removed again',
  },
  'store-read-only': {
    what: '{folder} is mounted read-only',
    seen: 'a file that was to be written there: EROFS',
    means:
      'Nothing survives a restart: no history, no cache, no messages that wait. The kernel does this to a disk with errors.',
    remedy:
      'See why, and mount it anew: dmesg | grep -i "remount\\|error"; mount -o remount,rw "$(findmnt -nT {folder} -o TARGET)"',
  },
  'store-full': {
    what: 'Not a block can be written at {folder}',
    seen: 'a file that was to be written there: {code}',
    means: 'Nothing survives a restart: no history, no cache, no messages that wait.',
    remedy: 'Make room: du -xh --max-depth=2 {folder} | sort -h | tail (EDQUOT: the quota of the user)',
  },
  'store-forbidden': {
    what: 'The user {user} may not write at {folder}',
    seen: 'a file that was to be written there',
    means: 'If the program runs as this user, nothing survives a restart.',
    remedy:
      'Look as the user of the service: runuser -u edge-optimizer -- edge-optimizer diagnose --only storage; where it may not either: chown -R edge-optimizer: {folder}',
  },
  'store-write-fails': {
    what: 'Writing at {folder} fails',
    seen: 'a file that was to be written there: {code}',
    means: 'Nothing survives a restart. A disk that answers so is about to die.',
    remedy: 'Save what is there and replace the medium: edge-optimizer store backup FILE; dmesg | tail -50',
  },
  'store-on-disk': {
    what: '{folder} lies on a disk of this machine',
    seen: '/proc/self/mountinfo, statfs',
  },
  'store-on-network': {
    what: '{folder} lies on a network file system ({name})',
    seen: '/proc/self/mountinfo, statfs',
    means: 'Databases break there: the program refuses it and does not start.',
    remedy: 'Set store.dir to a folder on a local disk, then: systemctl restart edge-optimizer',
  },
  'store-in-memory': {
    what: '{folder} lies in memory ({name})',
    seen: 'statfs',
    means: 'All of it is gone when the machine starts anew: history, cache, messages that wait.',
    remedy: 'Set store.dir to a folder on a disk, then: systemctl restart edge-optimizer',
  },
  'store-in-layer': {
    what: '{folder} lies in a layer of a container ({name})',
    seen: 'statfs',
    means: 'All of it goes with the container: history, cache, messages that wait.',
    remedy: 'Mount a volume there: docker run --volume edge-optimizer:{folder} …',
  },
  'store-on-program': {
    what: '{folder} lies in a file system that is a program ({name})',
    seen: 'statfs',
    means: 'Whether its locks and shared memory work for databases is not known.',
    remedy: 'Set store.dir to a folder on a local disk, then: systemctl restart edge-optimizer',
  },
  'fsync-fine': {
    what: 'The medium has what was written after {median} ms, {worst} ms at worst',
    seen: '{writes} blocks written and waited for',
  },
  'fsync-flooded': {
    what: 'The medium has what was written only after {median} ms ({worst} ms at worst), while others write: {rate} MiB/s, and {waiting} MiB wait',
    seen: '{writes} blocks written and waited for; /proc/diskstats; Dirty and Writeback of /proc/meminfo',
    means: 'Whether it is slow by itself is not known.',
    remedy:
      'Wait until what is being installed or copied is done, then look again: edge-optimizer diagnose --only storage/fsync',
  },
  'fsync-slow': {
    what: 'The medium has what was written only after {median} ms, {worst} ms at worst',
    seen: '{writes} blocks written and waited for',
    means: 'Results wait for the disk, and those that cannot wait are lost.',
    remedy: 'See who writes, and stop what is not needed: iotop -b -o -n 3; else use an SSD or a card of class A2',
  },
  'medium-fine': {
    what: '{kind} {device} ({model}); it does not tell how much of its life is used',
    seen: '/sys/block',
  },
  'medium-wear': {
    what: '{kind} {device} ({model}), at most {used} % of its life is used',
    seen: 'life_time in /sys/block',
  },
  'medium-worn': {
    what: '{kind} {device} ({model}): {used} % of its life is used',
    seen: 'life_time in /sys/block',
    means: 'It may become read-only or lose data at any time.',
    remedy: 'Save what is there, and replace it with the next visit: edge-optimizer store backup FILE',
  },
  'file-system-errors': {
    what: 'The file system of {device} has found {errors} errors',
    seen: 'errors_count in /sys/fs/ext4',
    means: 'Files may be damaged, and the kernel may make it read-only at any time.',
    remedy:
      'Let it be checked at the next start: tune2fs -C 1 -c 1 /dev/{device} && reboot; where errors come back, replace the medium',
  },
  'queries-fine': {
    what: '{count} databases answer what the program asks within {ms} ms',
    seen: 'a few of its own queries, on a connection that only reads',
  },
  'queries-slow': {
    what: '{file} takes {ms} ms for what the program asks of {query}',
    seen: 'the median of three of its own queries, on a connection that only reads',
    means: 'Frames wait meanwhile: answers come late, and some are dropped.',
    remedy:
      'Make it compact: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer; if it stays slow, the medium is: edge-optimizer diagnose --only storage/fsync',
  },
  'queries-without-index': {
    what: '{file} lacks the index {index}: its slowest query takes {ms} ms',
    seen: 'its schema, against that of this version',
    means: 'Every query reads the whole table, and takes longer each day; frames wait meanwhile.',
    remedy:
      'Make it again: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer',
  },
  'queries-large-log': {
    what: 'The log of {file} has {log} MiB: nothing brings it into the database',
    seen: '{file}-wal; its slowest query takes {ms} ms',
    means: 'Each query looks through the log, and it fills the medium.',
    remedy:
      'End what holds the database open (lsof {file}), then: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer',
  },
  'queries-mostly-free': {
    what: '{free} of the {all} MiB of {file} are empty',
    seen: 'its free pages; its slowest query takes {ms} ms',
    means: 'What it holds lies far apart: queries and backups take longer, and the room is wasted.',
    remedy:
      'Make it compact: systemctl stop edge-optimizer; edge-optimizer store vacuum{config}; systemctl start edge-optimizer',
  },
  'databases-fine': {
    what: '{count} databases in {folder} are whole',
    seen: 'PRAGMA quick_check of each',
  },
  'database-damaged': {
    what: 'The database {file} is damaged: {problem}',
    seen: 'PRAGMA quick_check',
    means: 'At the next start it is set aside and a new one begun: what it held is lost, unless a backup has it.',
    remedy: 'Restore the last backup (docs/store.md), or start anew with a new one: systemctl restart edge-optimizer',
  },
  'databases-read-only': {
    what: '{count} databases could not be read: {folder} is mounted read-only',
    seen: 'opening them',
    means: 'Whether they are whole is not known.',
    remedy: 'Mount it for writing first, as told there, then: edge-optimizer diagnose --only storage',
  },
  'database-unreadable': {
    what: 'The database {file} cannot be read: {reason}',
    seen: 'opening it',
    means: 'Whether it is whole is not known.',
    remedy: 'Look as the user of the service: runuser -u edge-optimizer -- edge-optimizer store check',
  },
  'database-not-read': {
    what: 'The database {file} could not be read to its end in time',
    seen: 'PRAGMA quick_check',
    means: 'Whether it is whole is not known; it is large, or the medium slow.',
    remedy: 'Let it take its time: edge-optimizer store check',
  },
  'database-too-new': {
    what: 'The database {file} was made by a newer program (step {schema}; this one knows {known})',
    seen: 'PRAGMA user_version',
    means: 'This program does not write it: what it is for is not kept.',
    remedy: 'Go back to the newer program, or move the file away: mv {file} {file}.newer',
  },
  'database-set-aside': {
    what: 'A damaged database was set aside: {file}',
    seen: 'its name',
    means: 'What it held is missing since then; it takes room. A medium that damages files does so again.',
    remedy: 'Copy it away if its data matter (sqlite3 FILE .recover), then: rm {file}*',
  },
  'shared-memory-fine': {
    what: '{folder} has {total} MiB; the detectors take {wanted} MiB at most',
    seen: 'statfs',
  },
  'shared-memory-small': {
    what: '{folder} has {total} MiB only; the detectors take {wanted} MiB ({free} MiB are free)',
    seen: 'statfs',
    means: 'Pictures go to the detectors through a pipe, which costs more of the processor.',
    remedy: 'Give a container more (docker run --shm-size 256m), else: mount -o remount,size=256M {folder}',
  },
  'shared-memory-full': {
    what: '{folder} is full: {free} of {total} MiB are free (the detectors take {wanted} MiB)',
    seen: 'statfs',
    means: 'Pictures go to the detectors through a pipe, which costs more of the processor.',
    remedy: 'See what lies there, and remove what nobody uses: ls -lhS {folder}',
  },
  'shared-memory-not-writable': {
    what: 'Nothing can be written at {folder}',
    seen: 'a file that was to be written there: {code}',
    means: 'Pictures go to the detectors through a pipe, which costs more of the processor.',
    remedy:
      'Mount it for everybody: mount -t tmpfs -o mode=1777,size=256M tmpfs {folder} (a container: --tmpfs {folder})',
  },
  'temporary-fine': {
    what: 'Temporary files can be written at {folder}',
    seen: 'a file written there and removed again',
  },
  'temporary-not-writable': {
    what: 'Temporary files cannot be written at {folder}',
    seen: 'a file that was to be written there: {code}',
    means: 'Updates, bundles and downloads of models fail.',
    remedy:
      'Mount it for everybody: mount -t tmpfs -o mode=1777,size=256M tmpfs {folder} (EACCES: chmod 1777 {folder})',
  },
  'store-private': {
    what: '{folder} belongs to its user alone',
    seen: 'its mode and owner',
  },
  'store-writable-by-all': {
    what: 'Everybody may write in {folder} (mode {mode})',
    seen: 'its mode',
    means: 'Any user of the machine can replace or remove the databases.',
    remedy: 'Close it: chmod 700 {folder}',
  },
  'store-open-to-all': {
    what: 'Everybody may enter {folder} (mode {mode})',
    seen: 'its mode',
    means: 'Any user of the machine can see which files are there.',
    remedy: 'Close it: chmod 700 {folder}',
  },
  'store-foreign': {
    what: '{folder} belongs to user {owner}, not to {user}',
    seen: 'its owner',
    means: 'Who runs the program may not be able to write there: nothing would survive a restart.',
    remedy: 'Give it to the user of the service: chown -R edge-optimizer: {folder}',
  },
} satisfies Record<string, FindingText>;

const accelerator = {
  'board-fine': {
    what: 'Board {board} ({by}): its settings are used',
    seen: 'device-config/{board}.yaml',
  },
  'board-named': {
    what: 'The settings of board {board} are used; the machine is {recognised} ({by})',
    seen: 'the key board of the configuration',
  },
  'board-unused': {
    what: 'Board {board}: its settings are not used, as the configuration says',
    seen: 'board: none',
  },
  'board-unrecognised': {
    what: 'No board that has settings of its own ({by}): the defaults are used',
    seen: '/proc/device-tree/compatible and /proc/cpuinfo',
  },
  'board-other': {
    what: 'The configuration is for a {board}, and this is a {recognised} ({by})',
    seen: 'the key board of the configuration, /proc/device-tree and /proc/cpuinfo',
    means: 'Threads and providers are those of another board: answers come slower, or none do.',
    remedy: 'Set board: auto, and look at what remains: edge-optimizer config check',
  },
  'board-file-missing': {
    what: 'Board {board} ({by}): the file with its settings is not there',
    seen: 'device-config/{board}.yaml',
    means: 'It runs with the settings for any machine: its accelerator stays idle, or too many threads run.',
    remedy: 'Install the program anew from its bundle, which has device-config/{board}.yaml.',
  },
  'accelerator-none': {
    what: 'No accelerator is there, none is configured: the processor infers',
    seen: '/dev, /sys/class/drm and /sys/bus/pci',
  },
  'accelerator-idle': {
    what: 'A GPU is there ({gpu}, driver {driver}) and is not used',
    seen: 'detector.providers names no provider for it',
    means: 'The processor infers what the GPU would do faster.',
    remedy:
      'Set detector.providers: [cuda, cpu] (docs/gpu.md, on a Jetson docs/jetson.md), then: edge-optimizer diagnose --only accelerator',
  },
  'accelerator-absent': {
    what: '{provider} is configured and there is no NVIDIA GPU',
    seen: '/sys/bus/pci, /proc/driver/nvidia, /dev/nvidia*',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy:
      'See whether the card sits in its slot (lspci | grep -i nvidia), or take {provider} out of detector.providers.',
  },
  'nvidia-fine': {
    what: '{gpu}, driver {driver}',
    seen: '/proc/driver/nvidia, /dev/nvidia*',
  },
  'nvidia-driver-missing': {
    what: 'An NVIDIA GPU is there, and its driver is not loaded',
    seen: '/sys/bus/pci, /proc/driver/nvidia/version',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy:
      'Install the driver and start the machine anew (Debian: sudo apt install nvidia-driver; Ubuntu: sudo ubuntu-drivers install); then nvidia-smi lists the GPU.',
  },
  'nvidia-nouveau': {
    what: 'The NVIDIA GPU is held by the driver nouveau, which cannot compute',
    seen: 'the driver of its PCI device',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy:
      "Install NVIDIA's driver, which puts nouveau aside, and start the machine anew (Debian: sudo apt install nvidia-driver; Ubuntu: sudo ubuntu-drivers install).",
  },
  'nvidia-passed-on': {
    what: 'The NVIDIA GPU is reserved for a virtual machine (vfio-pci)',
    seen: 'the driver of its PCI device',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy:
      "Take the card's ids out of vfio-pci's options in /etc/modprobe.d and start the machine anew, or run the program in that virtual machine.",
  },
  'nvidia-not-given': {
    what: 'The host has an NVIDIA GPU, and this container was not given it',
    seen: '/sys/bus/pci, /dev/nvidia*',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy:
      'Start the container with the GPU: docker run --gpus all … (in Compose: a device reservation with driver: nvidia), with nvidia-container-toolkit on the host.',
  },
  'nvidia-node-missing': {
    what: 'The NVIDIA driver is loaded, and {node} is not there',
    seen: '/dev',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy:
      'Make the nodes, also at every start: sudo nvidia-modprobe -c 0 -u; sudo systemctl enable --now nvidia-persistenced',
  },
  'nvidia-driver-mismatch': {
    what: "NVIDIA's kernel module is {driver}, its libraries are {library}: the driver was updated without a restart",
    seen: '/proc/driver/nvidia/version, libcuda.so.*',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy: 'Start the machine anew: sudo reboot',
  },
  'jetson-fine': {
    what: 'The GPU of this Jetson, {release}',
    seen: '/etc/nv_tegra_release, /dev',
  },
  'jetson-node-missing': {
    what: 'This is a Jetson, and {node} is not there',
    seen: '/dev',
    means:
      'The accelerator is idle; answers come slower, and where detector.providers names nothing behind it no frame is answered.',
    remedy:
      'In a container: docker run --runtime nvidia …; else flash JetPack anew, or sudo apt install --reinstall nvidia-l4t-core nvidia-l4t-init and start the board anew.',
  },
  'device-refused': {
    what: 'User {user} may not use {device}, which belongs to group {group}',
    seen: 'its owner and mode, the groups of the user',
    means: 'What computes or decodes on it does not work: the processor does it instead, or nothing does.',
    remedy:
      'Make it a member and start the program anew: sudo usermod -aG {group} {user} && sudo systemctl restart edge-optimizer',
  },
  'device-closed': {
    what: 'User {user} may not use {device}, which is open to root alone',
    seen: 'its owner and mode, the groups of the user',
    means: 'What computes or decodes on it does not work: the processor does it instead, or nothing does.',
    remedy:
      'Give it to a group at every start: echo \'KERNEL=="{name}", GROUP="video", MODE="0660"\' | sudo tee /etc/udev/rules.d/70-edge-optimizer.rules; sudo usermod -aG video {user}; sudo reboot (NVIDIA\'s driver makes its own: options nvidia NVreg_DeviceFileMode=0666 in /etc/modprobe.d)',
  },
  'gpu-fine': {
    what: '{gpu} GPU at {device}, driver {driver}',
    seen: '/sys/class/drm',
  },
  'gpu-spare': {
    what: '{gpu} GPU at {device}, driver {driver}: nothing is asked of it',
    seen: '/sys/class/drm; docs/boards/x86-intel.md tells how to try it',
  },
  'gpu-not-given': {
    what: 'The {gpu} GPU (driver {driver}) is to be used, and {device} is not there',
    seen: '/sys/class/drm, /dev/dri',
    means: 'Pictures are decoded and inferred by the processor, or not at all.',
    remedy: 'In a container: docker run --device /dev/dri …; else load its driver and start the machine anew.',
  },
  'npu-fine': {
    what: '{unit} at {device}, driver {version}, for the worker of your own',
    seen: '/dev',
  },
  'npu-spare': {
    what: '{unit} at {device}, driver {version}: ONNX Runtime cannot use it',
    seen: '/dev; a worker of your own can (docs/worker-protocol.md)',
  },
  'runtime-fails': {
    what: 'ONNX Runtime ({binding}) cannot be loaded: {reason}',
    seen: 'a process that loads it and nothing else',
    means: 'No detector can be started: no frame is answered.',
    remedy:
      'Install the program anew for this machine (docs/deployment.md); a binding of your own is built anew as in docs/jetson.md, or detector.binding is left out.',
  },
  'providers-there': {
    what: '{runtime} was built with {providers}',
    seen: 'a process that loads it',
  },
  'provider-runs': {
    what: '{provider} really computed {model}, {variant}, in {ms} ms',
    seen: "ONNX Runtime's profile of the first run of a detector",
  },
  'provider-unproved': {
    what: '{provider} computed {model}, {variant} in {ms} ms; whether the accelerator did it is not told',
    seen: 'a detector without the profile of its first run',
    means: 'It may be the processor that computes.',
    remedy: 'Make room in /tmp and look again: edge-optimizer diagnose --only accelerator',
  },
  'provider-serves': {
    what: '{provider} computes {model}, {variant} for the running program',
    seen: '/api/status; nothing else was opened on it',
  },
  'provider-unasked': {
    what: 'Which provider computes for the running program is not told',
    seen: '/api/status',
    means: 'An accelerator that is not used would not be seen; it is not opened beside the program.',
    remedy:
      'Set http.enabled: true, or stop the program and look again: systemctl stop edge-optimizer; edge-optimizer diagnose --only accelerator',
  },
  'provider-crashes': {
    what: '{provider} brings the detector down: {reason}',
    seen: 'a detector with this provider alone',
    means: 'The providers behind it are never tried: no frame is answered.',
    remedy:
      'Take {provider} out of detector.providers until its libraries are those of this ONNX Runtime and driver (docs/gpu.md): edge-optimizer config check && systemctl restart edge-optimizer',
  },
  'provider-hindered': {
    what: '{provider} is not used, {used} runs instead, for what is told of the device',
    seen: '{reason}',
  },
  'provider-part-missing': {
    what: '{library} of {provider} is not in {folder}, {used} runs instead',
    seen: '{reason}',
    means: 'The accelerator is idle; answers come slower.',
    remedy:
      'Copy it from the GPU package of the same ONNX Runtime release, as docs/gpu.md says, or take {provider} out of detector.providers.',
  },
  'provider-library-version': {
    what: '{provider} needs {library}, and the machine has {installed}; {used} runs instead',
    seen: '{reason}',
    means: 'The accelerator is idle; answers come slower.',
    remedy:
      'Install the CUDA and cuDNN that have {library} beside what is there (docs/gpu.md), and name their folder in detector.env.LD_LIBRARY_PATH.',
  },
  'speed-fine': {
    what: '{variant} on {provider} takes {ms} ms a picture; {before} ms when profiled',
    seen: 'a detector, and profiles.db',
  },
  'speed-unprofiled': {
    what: '{variant} on {provider} takes {ms} ms a picture; how fast it should be was never measured here',
    seen: 'a detector; profiles.db has nothing of it',
    means: 'A device that became slower would not be seen.',
    remedy: 'Measure once, with nothing else running: edge-optimizer profile {model} --budget 5m',
  },
  'speed-other-device': {
    what: '{variant} on {provider} takes {ms} ms a picture, {before} ms ({times} times less) before something changed: {changed}',
    seen: 'a detector, and profiles.db',
    means: 'What was measured is of another device: the tuning knows nothing of this one.',
    remedy: 'Measure anew, with nothing else running: edge-optimizer profile {model} --budget 5m',
  },
  'speed-heat': {
    what: '{variant} on {provider} takes {ms} ms a picture, {times} times the {before} ms when profiled: heat slows the machine down',
    seen: 'a detector, profiles.db, the flags of the processor',
    means: 'Fewer frames are inferred in time.',
    remedy: 'Let it cool: clean filter and fan, move it out of the sun; see the temperatures: edge-optimizer sensors',
  },
  'speed-power': {
    what: '{variant} on {provider} takes {ms} ms a picture, {times} times the {before} ms when profiled: it lacks power',
    seen: 'a detector, profiles.db, the flags of the processor',
    means: 'Fewer frames are inferred in time.',
    remedy: 'Use the power supply that the board asks for, with a short cable; see: edge-optimizer sensors',
  },
  'speed-power-mode': {
    what: '{variant} on {provider} takes {ms} ms a picture, {times} times the {before} ms when profiled: the {changed}',
    seen: 'a detector, profiles.db, nvpmodel and the governors of the cores',
    means: 'Fewer frames are inferred in time.',
    remedy:
      'Go back to the mode that was profiled (Jetson: sudo nvpmodel -m NUMBER; else: sudo cpupower frequency-set -g GOVERNOR), or measure the new one: edge-optimizer profile',
  },
  'speed-busy': {
    what: '{variant} on {provider} takes {ms} ms a picture, {times} times the {before} ms when profiled: {load} programs wait for {cores} cores',
    seen: 'a detector, profiles.db, /proc/loadavg',
    means: 'Fewer frames are inferred in time.',
    remedy: 'See who uses the processor, and stop what is not needed: top -o %CPU',
  },
  'speed-slow': {
    what: '{variant} on {provider} takes {ms} ms a picture, {times} times the {before} ms when profiled',
    seen: 'a detector, and profiles.db; neither heat, power, mode nor load explain it',
    means: 'Fewer frames are inferred in time.',
    remedy:
      'See what else runs (top, nvidia-smi), and if it stays so measure anew: edge-optimizer profile {model} --budget 5m',
  },
  'accelerator-memory-fine': {
    what: '{card}: {free} of {total} MiB are free',
    seen: "nvidia-smi, or the driver's files in /sys",
  },
  'accelerator-memory-low': {
    what: '{card}: only {free} of {total} MiB are free, and the workers need some {need}',
    seen: "nvidia-smi, or the driver's files in /sys; profiles.db",
    means: 'The provider is refused for want of memory, and the processor infers.',
    remedy: 'See who holds it (nvidia-smi) and end that, or set detector.workers: 1 and a smaller model.variant.',
  },
  'accelerator-memory-full': {
    what: '{card}: only {free} of {total} MiB are free beside the running program',
    seen: "nvidia-smi, or the driver's files in /sys",
    means: 'A change of model or batch size is refused for want of memory.',
    remedy: 'See who else holds it (nvidia-smi), or set tune.maxAcceleratorMb to what the program may have.',
  },
  'provider-not-built': {
    what: '{provider} is not in this ONNX Runtime, {used} runs instead: {reason}',
    seen: 'the detector that was started',
    means: 'The accelerator is idle; answers come slower.',
    remedy:
      'Use an ONNX Runtime that has it (docs/gpu.md, on a Jetson docs/jetson.md) with detector.binding, or take {provider} out of detector.providers.',
  },
  'provider-library-missing': {
    what: '{provider} lacks the library {library}, {used} runs instead',
    seen: '{reason}',
    means: 'The accelerator is idle; answers come slower.',
    remedy: 'Install the package that has {library}, or name its folder in detector.env.LD_LIBRARY_PATH (docs/gpu.md).',
  },
  'provider-libraries': {
    what: 'The libraries of {provider} are not there or not whole, {used} runs instead',
    seen: '{reason}',
    means: 'The accelerator is idle; answers come slower.',
    remedy:
      'See which are missing: ldd node_modules/onnxruntime-node/bin/napi-v6/linux/*/libonnxruntime_providers_{provider}.so; docs/gpu.md says where they come from.',
  },
  'provider-no-device': {
    what: '{provider} finds no device, {used} runs instead',
    seen: '{reason}',
    means: 'The accelerator is idle, or there is none; answers come slower.',
    remedy:
      'See whether the driver has it (nvidia-smi, vulkaninfo --summary), or take {provider} out of detector.providers.',
  },
  'provider-driver-old': {
    what: 'The driver is too old for {provider}, {used} runs instead',
    seen: '{reason}',
    means: 'The accelerator is idle; answers come slower.',
    remedy: 'Install a newer driver (docs/gpu.md) and start the machine anew.',
  },
  'provider-memory': {
    what: '{provider} has too little memory, {used} runs instead',
    seen: '{reason}',
    means: 'The accelerator is idle; answers come slower.',
    remedy: 'See who holds its memory (nvidia-smi) and end that, or use a smaller model.variant.',
  },
  'provider-refused': {
    what: '{provider} is not used, {used} runs instead: {reason}',
    seen: 'the detector that was started',
    means: 'The accelerator is idle; answers come slower.',
    remedy: 'Read what docs/gpu.md says of {provider}, or take it out of detector.providers.',
  },
} satisfies Record<string, FindingText>;

const models = {
  'model-files-fine': { what: 'Model {model}, {variant}: every file is the one of its manifest', seen: 'sha256' },
  'model-missing': {
    what: 'The model cannot be used: {reason}',
    seen: 'model.name and model.variant of the configuration, {dir}',
    means: 'No detector can be started: no frame is answered.',
    remedy: 'See what is installed, and set model.name and model.variant to one of these: edge-optimizer models list',
  },
  'model-file-wrong': {
    what: 'The file of {model}, variant {variant}, is not the one of its manifest: {reason}',
    seen: 'its size and sha256',
    means: 'The detector refuses it: no frame is answered.',
    remedy:
      'Copy the folder of {model} anew from the release or a backup; edge-optimizer models verify {model} says when it is right.',
  },
  'model-spare-wrong': {
    what: 'The file of {model}, variant {variant}, which is not used now, is not the one of its manifest: {reason}',
    seen: 'its size and sha256',
    means: 'Frames are answered; the device cannot change to that variant under load.',
    remedy:
      'Copy the folder of {model} anew from the release or a backup; edge-optimizer models verify {model} says when it is right.',
  },
  'model-manifest-broken': {
    what: 'The manifest of {model} cannot be used: {reason}',
    seen: 'model.json in its folder',
    means: 'That model cannot be chosen; the others can.',
    remedy: 'Correct its model.json (docs/models.md has every key), or remove its folder.',
  },
  'variant-fine': {
    what: '{model}, {variant} ({size}) suits this device and keeps {percent} % of the accuracy of fp32',
    seen: 'its manifest, the processor',
  },
  'variant-fits': { what: '{model}, {variant} ({size}) suits this device', seen: 'its manifest, the processor' },
  'variant-lacks': {
    what: 'This processor has no {needs}, which variant {variant} of {model} needs',
    seen: 'the flags of /proc/cpuinfo, needs in the manifest',
    means: 'It is slower than fp32 here, or its boxes are wrong.',
    remedy: 'Set model.variant: auto, which takes a variant that suits this processor.',
  },
  'variant-other-provider': {
    what: 'Variant {variant} of {model} was made for {made}, and is to run on {provider}',
    seen: 'providers in the manifest, detector.providers',
    means: 'It may run slower than another variant, or be refused.',
    remedy: 'Set model.variant: auto, or make variants for this device: edge-optimizer models optimize {model}',
  },
  'variant-unmeasured': {
    what: 'Nobody has measured how accurate variant {variant} of {model} is',
    seen: 'accuracy in the manifest',
    means: 'It may miss vehicles that the fp32 model finds.',
    remedy: 'Make and measure variants on this device: edge-optimizer models optimize {model}',
  },
  'variant-inaccurate': {
    what: 'Variant {variant} of {model} keeps {percent} % of the accuracy of fp32, less than {least} %',
    seen: 'accuracy in the manifest',
    means: 'It misses vehicles that the fp32 model finds.',
    remedy: 'Choose another variant for model.variant: edge-optimizer models list',
  },
} satisfies Record<string, FindingText>;

const detector = {
  'detector-fine': {
    what: '{model}, {variant} on {provider} found {found} of {wanted} vehicles of the test picture in {ms} ms',
    seen: 'a detector started as run starts it',
  },
  'detector-fine-small': {
    what: '{model}, {variant} (a small one, memory is short) on {provider} found {found} of {wanted} vehicles of the test picture',
    seen: 'a detector started beside the running program, {ms} ms',
  },
  'detector-answers': {
    what: '{model}, {variant} on {provider} answered in {ms} ms; it is for other things than vehicles',
    seen: 'a detector started as run starts it',
  },
  'detector-blind': {
    what: '{model}, {variant} on {provider} found none of {wanted} vehicles of the test picture',
    seen: 'a detector started as run starts it',
    means: 'It runs and sees nothing: answers are empty.',
    remedy:
      'Set model.name: roadside-n and model.variant: auto; a model of your own is read anew with edge-optimizer models add FILE.',
  },
  'detector-misses': {
    what: '{model}, {variant} on {provider} found only {found} of {wanted} vehicles of the test picture',
    seen: 'a detector started as run starts it',
    means: 'It misses vehicles on the road as well.',
    remedy:
      'Set model.variant: auto, or compare with the model that comes with the program: edge-optimizer models list',
  },
  'detector-fails': {
    what: 'The detector does not work: {reason}',
    seen: '{worker}, started as run starts it',
    means: 'No frame is answered.',
    remedy: 'See each step of its protocol: edge-optimizer detector check{config}',
  },
  'detector-held': {
    what: "The detector was not tried: its accelerator is the running program's",
    seen: 'detector.providers has no cpu',
    means: 'Whether it finds what it should is not known.',
    remedy: 'Stop the program and look again: systemctl stop edge-optimizer; edge-optimizer diagnose --only detector',
  },
  'detector-without-model': {
    what: 'The detector was not tried: its model cannot be used, as told of the models',
    seen: 'the files of the model',
  },
  'detector-without-runtime': {
    what: 'The detector was not tried: ONNX Runtime cannot be loaded, as told of the accelerator',
    seen: 'a process that loads it',
  },
  'detector-without-provider': {
    what: 'The detector does not start: {provider} brings it down, as told of the accelerator',
    seen: 'a detector started as run starts it',
  },
  'detector-socket-busy': {
    what: 'The detector at {socket} serves the running program and was not asked',
    seen: 'detector.socket',
    means: 'Whether it finds what it should is not known.',
    remedy: 'Stop the program and look again: systemctl stop edge-optimizer; edge-optimizer diagnose --only detector',
  },
} satisfies Record<string, FindingText>;

const cameras = {
  'cameras-none': {
    what: 'No camera is configured',
    seen: 'cameras of the configuration',
    means: 'There is nothing to look at, so there are no answers.',
    remedy: "Write a camera into the site's file: cameras: [{ id: north, url: rtsp://… }] (docs/cameras.md)",
  },
  'cameras-unread': { what: 'The cameras are not known: the configuration cannot be read', seen: 'the configuration' },
  'cameras-without-ffmpeg': {
    what: '{cameras}: there is no ffmpeg to read them with',
    seen: '{reason}',
    means: 'No vehicle before these cameras is counted: ffmpeg decodes what they send.',
    remedy: 'Install it: apt-get update && apt-get install --yes ffmpeg; then: systemctl restart edge-optimizer',
  },
  'camera-address': {
    what: 'Camera {camera} cannot be read as it is named: {reason}',
    seen: 'its url and what is there',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Correct cameras[].url of {camera} as told, then: edge-optimizer diagnose --only cameras',
  },
  'camera-name-unresolved': {
    what: 'The name {host} of camera {camera} has no address',
    seen: 'name servers {servers}: {why}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      "Write the camera's IP address into its url, or add the name to /etc/hosts or to the name server; where all names fail: resolvectl status",
  },
  'camera-refused': {
    what: '{host} is there, but nothing listens at port {port} for camera {camera}',
    seen: 'TCP connection: {why}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      "Correct the port in its url, or switch the stream on in the camera's own settings (RTSP is usually at 554)",
  },
  'camera-silent-host': {
    what: '{host} port {port} of camera {camera} does not answer',
    seen: 'TCP connection: {why}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      "Check the camera's power (PoE), its cable and its address: ping {host}; a firewall between may swallow port {port}",
  },
  'camera-no-route': {
    what: 'There is no way from here to {host} of camera {camera}',
    seen: 'TCP connection to port {port}: {why}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Put this machine and the camera into one network, or add the route: ip route get {host}',
  },
  'camera-mute': {
    what: 'Camera {camera} takes the connection and says nothing',
    seen: 'no answer within {seconds} s',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Restart the camera (switch its power off and on); check that the port of its url is that of the stream',
  },
  'camera-hangs-up': {
    what: 'Camera {camera} hangs up before it has answered',
    seen: '{reason}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      'Check port and scheme of its url (rtsp or rtsps, http or https), then restart the camera; it may have too many viewers',
  },
  'camera-tls': {
    what: 'There is no trusted TLS connection to camera {camera}',
    seen: '{reason}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      "Set tlsFingerprint or tlsCaFile of {camera} after a look at the camera's certificate, or write its url without TLS",
  },
  'camera-no-rtsp': {
    what: 'What answers at the address of camera {camera} speaks no RTSP',
    seen: 'answer: {answer}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Write http:// for its url, or the port of its RTSP server (usually 554)',
  },
  'camera-login-missing': {
    what: 'Camera {camera} wants a user and a password, and its url has none',
    seen: 'status 401, authentication: {schemes}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Write user and password into the url of {camera}, best in a file of its own: urlFile (docs/deployment.md)',
  },
  'camera-login-wrong': {
    what: 'Camera {camera} refuses this user or password',
    seen: 'status 401, authentication: {schemes}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      "Correct user and password of {camera}: try them in the camera's own web page; wait some minutes first, it may have locked the user out",
  },
  'camera-forbidden': {
    what: 'The user of camera {camera} may not see its stream',
    seen: 'status 403',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: "Give the user the right to watch live in the camera's own settings, or use another user in its url",
  },
  'camera-path-unknown': {
    what: 'Camera {camera} knows no stream at this path',
    seen: 'status 404',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Correct the path in the url of {camera}: its manual or its ONVIF page has the right one',
  },
  'camera-overloaded': {
    what: 'Camera {camera} is busy and serves nobody else',
    seen: 'status {status}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'End other viewers of the camera (recorders, phones), or use its second stream',
  },
  'camera-status': {
    what: 'Camera {camera} answers with status {status}',
    seen: 'its answer to the request for the picture',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: "Look for this status in the camera's manual and correct its url; then restart the camera",
  },
  'camera-no-video': {
    what: 'Camera {camera} offers no picture at this address',
    seen: 'its description has: {kinds}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Write the path of its video stream into the url of {camera}, or switch video on in its settings',
  },
  'camera-codec': {
    what: 'Camera {camera} sends {codec}, which cannot be decoded',
    seen: 'its description (SDP)',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: "Set the camera's stream to H.264 or H.265",
  },
  'camera-decoder-missing': {
    what: 'Camera {camera} sends {codec}, for which this ffmpeg has no decoder',
    seen: '{ffmpeg} -decoders',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      'Set the stream of {camera} to H.264, or install a whole ffmpeg: sudo apt install ffmpeg (and take EDGE_FFMPEG away)',
  },
  'camera-content': {
    what: 'What camera {camera} sends is no picture',
    seen: '{reason}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Correct the url of {camera}: its path must be that of a JPEG, of MJPEG or of a video, not of a page',
  },
  'camera-device-missing': {
    what: 'The device {device} of camera {camera} is not there',
    seen: '/dev; there are: {there}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      'Plug the camera in and look for it with: v4l2-ctl --list-devices; then correct its url (in a container: --device {device})',
  },
  'camera-device-forbidden': {
    what: 'This user may not open {device} of camera {camera}: it belongs to the group {group}',
    seen: 'permissions of {device}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'sudo usermod -aG {group} edge-optimizer, then: systemctl restart edge-optimizer',
  },
  'camera-device-busy': {
    what: '{device} of camera {camera} is in use by {program} (process {pid})',
    seen: 'open files of the processes',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'End {program}: kill {pid}',
  },
  'camera-clock': {
    what: 'The clock of camera {camera} is {seconds} s away from ours',
    seen: 'Date of its answer',
    means: 'Times drawn into its picture or written by its recorder do not fit the answers; certificates may fail.',
    remedy: "Set a time server (NTP) in the camera's own settings; where ours is wrong: timedatectl",
  },
  'camera-no-frames': {
    what: 'No picture comes from camera {camera} within {seconds} s',
    seen: '{reason}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy:
      'Restart the camera (switch its power off and on); its stream should be H.264 or H.265 with a key frame each 1 to 2 s',
  },
  'camera-slow': {
    what: 'Camera {camera} delivers {fps} of {announced} announced pictures/s',
    seen: 'its pictures, counted for {seconds} s',
    means: 'Vehicles are missed. Those that pass quickly first.',
    remedy:
      "Check cable and Wi-Fi to the camera and the load of this machine; set a lower frame rate or bit rate in the camera's settings",
  },
  'camera-gaps': {
    what: 'Pictures of camera {camera} stop for up to {seconds} s',
    seen: 'the times at which its pictures came',
    means: 'Vehicles that pass meanwhile are missed.',
    remedy: 'Check the network to the camera: a cable in place of Wi-Fi, TCP (rtspTransport: tcp), a lower bit rate',
  },
  'camera-jitter': {
    what: 'Pictures of camera {camera} come unevenly: up to {ms} ms late',
    seen: 'the times of its pictures against those at which they came',
    means: 'Answers come late by as much, and speeds and counts become uncertain.',
    remedy: 'Check the network to the camera: a cable in place of Wi-Fi, fewer viewers, a lower bit rate',
  },
  'camera-damage': {
    what: '{percent} % of the pictures of camera {camera} arrive damaged',
    seen: 'complaints of the decoder',
    means: 'Vehicles are missed. Smeared pictures show vehicles that are not there.',
    remedy: "Set rtspTransport: tcp for {camera}, use a cable, or lower the bit rate in the camera's settings",
  },
  'camera-late': {
    what: 'The first picture of camera {camera} takes {seconds} s',
    seen: 'from the opening to the first picture',
    means: 'After each break nothing is counted for so long.',
    remedy: "Set a key frame interval of 1 to 2 s (GOP, I-frame interval) in the camera's settings",
  },
  'camera-key-frames': {
    what: 'Camera {camera} sends a key frame every {seconds} s only, or less often',
    seen: 'the times of its key frames',
    means: 'After a lost packet the picture is spoilt for so long: vehicles are missed.',
    remedy:
      'Set a key frame interval of 1 to 2 s (GOP, I-frame interval; switch smart or dynamic GOP off) in the settings of {camera}',
  },
  'camera-frozen': {
    what: 'Camera {camera} sends the same picture again and again',
    seen: '{pictures} pictures, alike bit by bit, for {seconds} s',
    means: 'What passes is not seen, and what stands in the picture stands for ever.',
    remedy: "Switch the camera's power off and on; look at the recorder or relay between it and this machine",
  },
  'camera-dark': {
    what: 'Hardly anything is visible in the picture of camera {camera}: it is dark',
    seen: 'levels {darkest} to {brightest} of 255, white {white} %, sharpness {sharpness}',
    means: 'Vehicles are missed.',
    remedy: 'By day: take off the lens cap, set exposure to automatic. By night: switch infrared or a lamp on',
  },
  'camera-overexposed': {
    what: 'The picture of camera {camera} is mostly white',
    seen: 'levels {darkest} to {brightest} of 255, white {white} %, sharpness {sharpness}',
    means: 'Vehicles are missed.',
    remedy: 'Set exposure to automatic (WDR on), and turn the camera away from the sun or the lamp',
  },
  'camera-covered': {
    what: 'There is nothing in the picture of camera {camera}: it has one colour',
    seen: 'levels {darkest} to {brightest} of 255, white {white} %, sharpness {sharpness}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Look at the camera itself: something covers the lens, or its sensor is dead',
  },
  'camera-fog': {
    what: 'The picture of camera {camera} has hardly any contrast',
    seen: 'levels {darkest} to {brightest} of 255, white {white} %, sharpness {sharpness}',
    means: 'Vehicles are missed.',
    remedy: 'Wipe the lens and the glass before it (dew, dirt, spider webs); where it is fog, wait',
  },
  'camera-blurred': {
    what: 'The picture of camera {camera} is blurred',
    seen: 'levels {darkest} to {brightest} of 255, white {white} %, sharpness {sharpness}',
    means: 'Small vehicles are missed.',
    remedy: 'Wipe the lens, then turn its focus while you watch: edge-optimizer aim {camera}',
  },
  'camera-moved': {
    what: 'Camera {camera} looks elsewhere than {hours} hours ago: its view moved by {percent} % of the picture',
    seen: 'small grey pictures of then and now, compared',
    means: 'Lines, zones and masks do not lie where they were drawn: what is counted is wrong.',
    remedy: 'Aim it as it was: edge-optimizer aim {camera}; or draw its lines, zones and masks anew (docs/cameras.md)',
  },
  'camera-other-view': {
    what: 'Camera {camera} shows another view than {hours} hours ago',
    seen: 'small grey pictures of then and now: {percent} % alike',
    means: 'Lines, zones and masks do not lie where they were drawn: what is counted is wrong.',
    remedy:
      'See what it shows, turn it back or connect the right one: edge-optimizer aim {camera}; else draw its lines, zones and masks anew (docs/cameras.md)',
  },
  'camera-turned': {
    what: 'The picture of camera {camera} is turned: it is upright {degrees}° further clockwise',
    seen: '{turned} vehicles found in it turned, {seen} as it is',
    means: 'Most vehicles are not found, and lines and zones do not lie where they were meant.',
    remedy:
      'Mount {camera} the right way up, or turn its picture in its own settings (image rotation, flip and mirror); then draw its lines and zones anew',
  },
  'camera-view-unjudged': {
    what: 'Whether camera {camera} was moved since yesterday is not known: {pictures} pictures of a day ago do not tell',
    seen: 'by night, in fog or in other light nothing is compared',
  },
  'camera-fine': {
    what: 'Camera {camera}: {fps} pictures/s, {size}, the first after {first} s',
    seen: 'its pictures, watched for {seconds} s; announced: {announced}',
  },
  'camera-not-watched': {
    what: 'The picture of camera {camera} was not watched: {watched} cameras are decoded at once, and the time was over',
    seen: 'its connection only, which is in order',
  },
  'camera-lost': {
    what: 'The running program gets no usable picture from camera {camera}',
    seen: '{seen}',
    means: 'No vehicle before camera {camera} is counted until it is mended.',
    remedy: 'Check the camera, its power and its network, then: edge-optimizer diagnose --only cameras',
  },
  'camera-poor': {
    what: 'Camera {camera} delivers badly: {quality}',
    seen: 'the running program',
    means: 'Vehicles may be missed or counted twice.',
    remedy: "Use TCP (rtspTransport: tcp), a cable, or a lower bit rate in the camera's settings",
  },
  'camera-implausible': {
    what: 'What camera {camera} shows cannot be true: {state}',
    seen: 'the running program: camera_plausibility',
    means: 'Its answers are not to be believed while that lasts.',
    remedy: 'See what {state} means in docs/plausibility.md and look at the picture: edge-optimizer aim {camera}',
  },
  'camera-paused': {
    what: 'Camera {camera} is paused by command',
    seen: 'the running program',
    means: 'No vehicle before it is counted until it is resumed.',
    remedy: 'Send the command resume for {camera} (docs/commands.md)',
  },
  'camera-held': {
    what: 'The running program holds camera {camera} and does not tell how it does',
    seen: 'its HTTP server',
  },
  'camera-runs': {
    what: 'Camera {camera} delivers {fps} pictures/s',
    seen: 'the running program',
  },
} satisfies Record<string, FindingText>;

const broker = {
  'broker-none': {
    what: 'No broker is configured',
    seen: 'mqtt.broker: off',
    means: 'What the cameras see is told to nobody beyond this machine.',
    remedy: 'Where it is to be told, name the broker: mqtt.broker: mqtts://HOST:8883 (docs/mqtt.md).',
  },
  'broker-embedded-asleep': {
    what: 'The broker is a part of the program, which does not run',
    seen: 'mqtt.broker: embedded',
    means: 'There is nothing to try, and nobody can listen until the program runs.',
    remedy: 'Start it: systemctl start edge-optimizer',
  },
  'broker-embedded-somewhere': {
    what: 'The embedded broker listens at a free port, which is not known here',
    seen: 'mqtt.embeddedPort: 0',
    means: 'It is not tried; whoever wants to listen does not know the port either.',
    remedy: 'Give it a port: mqtt.embeddedPort: 1883',
  },
  'broker-connection-fine': {
    what: '{place} lets this device in: MQTT {protocol}, after {ms} ms',
    seen: 'a connection with the login of the device',
  },
  'broker-name-unknown': {
    what: 'The name of the broker, {host}, is not found',
    seen: 'getaddrinfo: {code}',
    means: 'Nothing is told; what must arrive waits in the outbox.',
    remedy: 'Correct mqtt.broker, or enter the name at the DNS server. To try: getent hosts {host}',
  },
  'broker-name-local': {
    what: 'The name of the broker, {host}, is not found',
    seen: 'getaddrinfo: {code}',
    means: 'Nothing is told; what must arrive waits in the outbox. Names in .local are found by mDNS only.',
    remedy: 'Write the IP address into mqtt.broker, or: sudo apt install avahi-daemon libnss-mdns',
  },
  'broker-no-dns': {
    what: 'No DNS server answers, so the name of the broker, {host}, cannot be looked up',
    seen: 'getaddrinfo: EAI_AGAIN',
    means: 'Nothing is told; what must arrive waits in the outbox.',
    remedy:
      'Check the uplink and the name server in /etc/resolv.conf (resolvectl status), or write the IP address into mqtt.broker.',
  },
  'broker-name-late': {
    what: 'The name of the broker, {host}, was not found within {seconds} s',
    seen: 'getaddrinfo',
    means: 'Each connection waits for the name; while none comes, nothing is told.',
    remedy:
      'Check the uplink and the name server in /etc/resolv.conf (resolvectl status), or write the IP address into mqtt.broker.',
  },
  'broker-port-closed': {
    what: 'Nobody listens at {place}',
    seen: 'connect: ECONNREFUSED',
    means: 'Nothing is told; what must arrive waits in the outbox.',
    remedy:
      'Check host and port in mqtt.broker, and that the broker runs and listens on more than its own machine (Mosquitto wants a listener line for that).',
  },
  'broker-no-route': {
    what: 'There is no way from here to {place}',
    seen: 'connect: {code}',
    means: 'Nothing is told; what must arrive waits in the outbox.',
    remedy: 'Check the uplink: ip route, the modem and its SIM, the address in mqtt.broker.',
  },
  'broker-no-answer': {
    what: '{place} does not answer: no connection within {seconds} s',
    seen: 'connect',
    means:
      'Nothing is told; what must arrive waits in the outbox. A firewall that drops packets, or a machine that is off, looks like this.',
    remedy: 'Check host and port in mqtt.broker, and let the firewalls in between pass that port.',
  },
  'broker-unreachable': {
    what: '{place} cannot be reached',
    seen: 'connect: {code}',
    means: 'Nothing is told; what must arrive waits in the outbox.',
    remedy: 'Check the network and the address in mqtt.broker.',
  },
  'broker-silent': {
    what: '{place} takes the connection and says nothing for {seconds} s',
    seen: 'CONNECT without an answer',
    means: 'Nothing is told. Another program listens there, the broker hangs, or something in between answers for it.',
    remedy: 'Check the port in mqtt.broker, then restart the broker.',
  },
  'broker-is-web-server': {
    what: '{place} is a web server, not an MQTT broker as configured',
    seen: 'it answers HTTP',
    means: 'Nothing is told.',
    remedy:
      'Correct the port in mqtt.broker (mqtt:// 1883, mqtts:// 8883); for WebSockets write ws:// or wss:// with the path, often /mqtt.',
  },
  'broker-wants-tls': {
    what: '{place} wants TLS, and is spoken to without',
    seen: 'it closes the connection, and answers a TLS handshake',
    means: 'Nothing is told.',
    remedy: 'Set mqtt.broker: {url}, and mqtt.caFile where its authority is a private one.',
  },
  'broker-without-tls': {
    what: '{place} does not speak TLS',
    seen: 'the TLS handshake is answered with something else, or by hanging up',
    means: 'Nothing is told.',
    remedy: 'Set the TLS port in mqtt.broker (usually 8883), or mqtt:// where the broker really has no TLS.',
  },
  'broker-closes': {
    what: '{place} closes the connection without an answer',
    seen: 'CONNECT, for each version of MQTT',
    means: 'Nothing is told. It is no MQTT broker, or one that shuts whoever it does not know out without a word.',
    remedy: "Check the port in mqtt.broker, then read the broker's log at the time of this diagnosis.",
  },
  'broker-closes-tls': {
    what: '{place} takes the TLS connection and then closes it without an answer',
    seen: 'TLS handshake done, then CONNECT; certificate of this device: {certificate}',
    means:
      'Nothing is told. It wants a certificate of this device or does not know this one (under TLS 1.3 a broker may say so by closing alone), or it is no MQTT broker.',
    remedy:
      "Set mqtt.certFile and mqtt.keyFile to the certificate that the broker knows this device by; else check the port in mqtt.broker, and read the broker's log at the time of this diagnosis.",
  },
  'broker-websocket-path': {
    what: '{place} is a web server that has no broker at {path}',
    seen: 'CONNECT over WebSockets, then GET /',
    means: 'Nothing is told.',
    remedy:
      "Correct the path in mqtt.broker, which is often /mqtt: {url}; or use the broker's own port with mqtt:// or mqtts://",
  },
  'broker-version-refused': {
    what: '{place} does not speak MQTT {protocol}',
    seen: 'CONNACK',
    means: 'Nothing is told.',
    remedy: 'Set mqtt.protocol: auto',
  },
  'broker-busy': {
    what: '{place} has no room now',
    seen: 'CONNACK, code {code}',
    means: 'Nothing is told until it takes connections again; it is tried again and again.',
    remedy: 'Look at the load of the broker and at its limit of connections.',
  },
  'broker-moved': {
    what: '{place} sends its clients to another server',
    seen: 'CONNACK, code {code}',
    means: 'Nothing is told: the program does not follow by itself.',
    remedy: 'Ask whoever runs the broker for the new address, and set mqtt.broker to it.',
  },
  'broker-refuses': {
    what: '{place} refuses the connection',
    seen: 'CONNACK, code {code}',
    means: 'Nothing is told.',
    remedy: "Read the broker's log at the time of this diagnosis: a ban, a quota or a rule.",
  },
  'broker-login-wanted': {
    what: 'The broker lets nobody in without a user name',
    seen: 'CONNACK, code {code}',
    means: 'Nothing is told.',
    remedy: 'Set mqtt.username, and mqtt.passwordFile or EDGE_MQTT_PASSWORD.',
  },
  'broker-password-wrong': {
    what: 'The broker refuses user {user}: name or password is wrong',
    seen: 'CONNACK, code {code}',
    means: 'Nothing is told.',
    remedy:
      'Correct mqtt.username and the password (mqtt.passwordFile or EDGE_MQTT_PASSWORD), or set it at the broker: mosquitto_passwd FILE {user}',
  },
  'broker-not-authorised': {
    what: 'The broker does not let user {user} in: not authorised',
    seen: 'CONNACK, code {code}',
    means: 'Nothing is told. Many brokers say so of a wrong password too.',
    remedy:
      'Check mqtt.username and the password (mqtt.passwordFile or EDGE_MQTT_PASSWORD), then the rights of {user} at the broker.',
  },
  'broker-client-id-refused': {
    what: 'The broker does not take the client id {id}',
    seen: 'CONNACK, code {code}',
    means: 'Nothing is told.',
    remedy:
      'Set mqtt.clientId to one that the broker takes: the registered one for clouds, at most 23 letters and digits for old brokers.',
  },
  'broker-only-own-client-id': {
    what: 'The broker takes no client id beside {id}, which the running program has',
    seen: 'CONNACK, code {code}',
    means: 'Login and rights cannot be tried beside the program; what it says of its connection holds.',
    remedy:
      'To try them, stop the program for a moment: systemctl stop edge-optimizer; edge-optimizer diagnose --only broker; systemctl start edge-optimizer',
  },
  'broker-certificate-expired': {
    what: 'The certificate {subject} of the broker expired on {to}; the clock here says {now}',
    seen: 'TLS handshake: CERT_HAS_EXPIRED',
    means: 'Nothing is told: the connection cannot be trusted.',
    remedy: 'Renew the certificate at the broker, unless the clock here is wrong: timedatectl set-ntp true',
  },
  'broker-certificate-not-yet': {
    what: 'The certificate {subject} of the broker is valid from {from}; the clock here says {now}',
    seen: 'TLS handshake: CERT_NOT_YET_VALID',
    means: 'Nothing is told. Mostly the clock here is behind.',
    remedy: 'Set the clock: timedatectl set-ntp true',
  },
  'broker-certificate-name': {
    what: 'The certificate {subject} of the broker is not for the name {host}',
    seen: 'TLS handshake: ERR_TLS_CERT_ALTNAME_INVALID',
    means: 'Nothing is told: it may be another machine.',
    remedy:
      'Write a name that stands in the certificate into mqtt.broker, or issue one with {host} in its subjectAltName.',
  },
  'broker-certificate-self-signed': {
    what: 'The certificate of {place} is signed by itself',
    seen: 'TLS handshake: DEPTH_ZERO_SELF_SIGNED_CERT',
    means: 'Nothing is told: nobody vouches for it.',
    remedy: 'Copy that certificate (PEM) from the broker to this device and set mqtt.caFile to it.',
  },
  'broker-certificate-authority': {
    what: 'The certificate of {place} comes from an authority that is not known here',
    seen: 'TLS handshake: {code}',
    means: 'Nothing is told: nobody vouches for it.',
    remedy: 'Set mqtt.caFile to the PEM of the authority that signed it, and let the broker send its whole chain.',
  },
  'broker-wants-certificate': {
    what: '{place} wants a certificate of this device',
    seen: 'TLS handshake: {code}',
    means: 'Nothing is told.',
    remedy: 'Set mqtt.certFile and mqtt.keyFile to the certificate that the broker knows this device by.',
  },
  'broker-tls-failed': {
    what: 'There is no TLS connection with {place}',
    seen: 'TLS handshake: {code}',
    means: 'Nothing is told.',
    remedy:
      'Check the port in mqtt.broker, and mqtt.caFile, mqtt.certFile and mqtt.keyFile (docs/mqtt.md lists what each error means).',
  },
  'broker-files-unreadable': {
    what: 'Password or certificates cannot be read: {reason}',
    seen: 'the files that mqtt names',
    means: 'Nothing is told.',
    remedy:
      'Correct the path, or let the user of the service read the file: sudo chgrp edge-optimizer FILE && sudo chmod 640 FILE',
  },
  'broker-rights-fine': {
    what: 'What this device publishes comes back after {ms} ms',
    seen: 'a message to {topic}, published and heard',
  },
  'broker-rights-untried': {
    what: 'The rights at the broker could not be tried',
    seen: 'there is no connection',
    means: 'Whether this device may publish and hear commands is not known.',
    remedy: 'Mend the connection first, then: edge-optimizer diagnose --only broker',
  },
  'broker-write-refused': {
    what: 'The broker refuses what this device publishes',
    seen: 'PUBACK of {topic}: code {code}',
    means: 'Events, counts and alerts do not arrive.',
    remedy:
      'Give the user of this device the right to write at its topics (scripts/mosquitto/acl has the lines), then reload the broker.',
  },
  'broker-write-ended': {
    what: 'The broker ends the connection, or falls silent, at what this device publishes',
    seen: 'a message to {topic}',
    means: 'Events, counts and alerts do not arrive, and the connection comes and goes.',
    remedy:
      'Give the user of this device the right to write at its topics (scripts/mosquitto/acl has the lines), then reload the broker.',
  },
  'broker-read-refused': {
    what: 'The broker does not let this device hear {filter}',
    seen: 'SUBACK: code {code}',
    means:
      'Commands do not arrive, or the program cannot find out what the broker throws away; answers are told all the same.',
    remedy:
      'Give the user of this device the right to read {filter} (scripts/mosquitto/acl has the lines), then reload the broker.',
  },
  'broker-ping-lost': {
    what: 'What this device publishes did not come back within {seconds} s',
    seen: 'a message to {topic}, acknowledged, and not heard',
    means:
      'The broker throws away what this device writes, or lets it hear nothing: answers or commands may not arrive.',
    remedy:
      'Give the user of this device the rights in scripts/mosquitto/acl, that to read {topic} among them, then reload the broker.',
  },
  'broker-ping-unread': {
    what: 'The broker takes what this device publishes; the way back was not tried',
    seen: 'PUBACK of {topic}, which may not be read',
    means: 'Nothing is wrong with the answers; only this check could see less.',
    remedy: 'Let the device read {topic} (scripts/mosquitto/acl has the line).',
  },
  'program-connected': { what: 'The running program is connected, and nothing is refused', seen: '/api/status' },
  'program-not-connected': {
    what: 'The running program has no connection to the broker: {problem}',
    seen: '/api/status',
    means: 'Nothing is told now; what must arrive waits in the outbox.',
    remedy:
      'Mend what stands above for the broker; where that is fine, the program connects by itself within mqtt.reconnectMaxMs.',
  },
  'program-refused': {
    what: 'The broker does not take all of what the running program says: {message}',
    seen: 'alert broker-refuses',
    means: 'What is refused is missing at every receiver.',
    remedy: 'Give this device the rights and the packet size at the broker that the message names.',
  },
  'client-id-twin': {
    what: 'Another client has the client id or the name of this device: {message}',
    seen: 'alert client-id-shared',
    means: 'The two throw each other out again and again; messages are late and statuses overwritten.',
    remedy: 'Give one of the two a name of its own (device), or an mqtt.clientId, and restart it.',
  },
  'outbox-fine': { what: '{messages} messages wait for the broker', seen: 'outbox.db' },
  'outbox-late': {
    what: '{messages} messages wait for the broker, the oldest for {minutes} min; the outbox is {percent} % full',
    seen: 'outbox.db, of the time that the program ran',
    means: 'What is told is late; when the outbox is full, the oldest is given up.',
    remedy:
      'Mend the connection to the broker and the uplink; the backlog then leaves by itself. More room: outbox.maxMiB',
  },
  'outbox-gave-up': {
    what: '{count} messages were given up that had to arrive',
    seen: 'outbox.db',
    means: 'They are missing at every receiver; which ones stands in report/delivery.',
    remedy: 'Raise outbox.maxMiB and outbox.maxAgeHours, so that they outlast the longest outage.',
  },
  'broker-certificates-fine': { what: 'The certificates are valid for {days} days more', seen: 'TLS handshake' },
  'broker-certificate-expires': {
    what: 'The certificate {subject} of the broker expires on {to}, in {days} days',
    seen: 'TLS handshake',
    means: 'From then on nothing is told.',
    remedy: 'Renew the certificate at the broker, and reload the broker.',
  },
  'our-certificate-expires': {
    what: 'The certificate of this device, {file}, expires on {to}, in {days} days',
    seen: 'mqtt.certFile',
    means: 'From then on the broker refuses this device.',
    remedy: 'Have it issued anew and write it to {file}: it is read at the next connection.',
  },
  'our-certificate-expired': {
    what: 'The certificate of this device, {file}, expired on {to}',
    seen: 'mqtt.certFile',
    means: 'The broker refuses this device: nothing is told.',
    remedy: 'Have it issued anew and write it to {file}: it is read at the next connection.',
  },
  'our-certificate-refused': {
    what: 'The broker refuses the certificate of this device, {file}',
    seen: 'TLS alert: {code}',
    means: 'Nothing is told.',
    remedy:
      'Have a certificate issued by the authority that the broker trusts (cafile of Mosquitto) and set mqtt.certFile and mqtt.keyFile to it.',
  },
  'our-key-unfit': {
    what: 'The key {file} is not that of the certificate in mqtt.certFile',
    seen: 'TLS handshake: ERR_OSSL_X509_KEY_VALUES_MISMATCH',
    means: 'Nothing is told.',
    remedy: 'Set mqtt.keyFile to the key that the certificate was issued for.',
  },
} satisfies Record<string, FindingText>;

const network = {
  'links-fine': { what: 'The links of {names} are whole', seen: '/sys/class/net' },
  'links-down': {
    what: 'No network interface has a link: {names}',
    seen: '/sys/class/net/*/operstate',
    means: 'Neither cameras in the network nor the broker can be reached.',
    remedy: 'Plug the cable in, or look at the switch and its power: ip link',
  },
  'link-errors': {
    what: '{errors} of {packets} packets of {name} were broken',
    seen: '/sys/class/net/{name}/statistics',
    means: 'Pictures are torn or late, and messages are sent again.',
    remedy: 'Exchange the cable of {name}, then its port at the switch; whether it helped: ip -s link show {name}',
  },
  'link-half-duplex': {
    what: 'The link of {name} is half duplex',
    seen: '/sys/class/net/{name}/duplex',
    means: 'Only one side can send at a time: pictures are late or lost.',
    remedy: 'Let both sides negotiate: ethtool -s {name} autoneg on, and auto at the port of the switch.',
  },
  'link-slow': {
    what: 'The link of {name} has 10 Mbit/s only',
    seen: '/sys/class/net/{name}/speed',
    means: 'One or two cameras fill it.',
    remedy: 'Exchange the cable (all four pairs are needed), then: ethtool -s {name} autoneg on',
  },
  'link-comes-and-goes': {
    what: 'The link of {name} came or went {changes} times since the machine started',
    seen: '/sys/class/net/{name}/carrier_changes',
    means: 'Cameras and broker are lost each time for some seconds.',
    remedy: 'Press the plugs of {name} in or exchange the cable, and look at the power of the switch.',
  },
  'link-mtu': {
    what: 'Packets of {name} may have {mtu} bytes only',
    seen: '/sys/class/net/{name}/mtu',
    means: 'TLS handshakes and pictures may hang, and IPv6 does not work.',
    remedy: 'Set it as the network wants it, usually: sudo ip link set {name} mtu 1500',
  },
  'uplink-fine': {
    what: 'The line to {place} carries {least} to {most} kbit/s; {needed} kbit/s are told on average',
    seen: 'one message of 32 KiB against three short ones, acknowledged by the broker',
  },
  'uplink-slow': {
    what: 'The line to {place} carries {least} to {most} kbit/s only, and {needed} kbit/s are told on average',
    seen: 'one message of 32 KiB against three short ones, acknowledged by the broker',
    means: 'Messages wait, and after an outage what waited hardly catches up.',
    remedy:
      'Tell less: a lower publish.maxEventsPerSecond, a longer publish.metricsIntervalMs or a publish.dailyBytes; or use a faster line (aerial, modem, contract).',
  },
  'uplink-stuck': {
    what: 'Short messages reach {place}, and one of {kib} KiB does not within {seconds} s',
    seen: 'the acknowledgements of the broker: less than {most} kbit/s, or large packets are swallowed on the way (MTU)',
    means: 'Summaries and lists of events hang, and all that is sent after them waits.',
    remedy:
      'Try which size passes: ping -M do -s 1472 HOST, then less; set the MTU to what passed and 28 more: sudo ip link set IFACE mtu 1400. Where all sizes pass, the line is too slow.',
  },
  'uplink-unknown': {
    what: 'How much the line to {place} carries is not known',
    seen: 'there is no connection, or the broker takes no message of 32 KiB',
  },
  'way-out-fine': { what: 'There is a name server and a default route', seen: '/etc/resolv.conf, /proc/net/route' },
  'no-name-server': {
    what: 'No name server is set, and the broker {host} has a name',
    seen: '/etc/resolv.conf',
    means: 'The broker is found only where /etc/hosts has it.',
    remedy: 'Set one: resolvectl dns IFACE ADDRESS, or let DHCP give it.',
  },
  'no-default-route': {
    what: 'There is no default route, and the broker is {host}',
    seen: '/proc/net/route',
    means: 'Nothing beyond the own network is reached.',
    remedy: 'Start the uplink, or set its gateway: sudo ip route add default via ADDRESS',
  },
  'proxy-before-camera': {
    what: 'Camera {camera} is asked for through a proxy',
    seen: 'http_proxy is set, and no_proxy does not name {host}',
    means: 'The proxy mostly cannot reach cameras: no pictures.',
    remedy: 'Add {host} to no_proxy in the environment of the service (systemctl edit edge-optimizer), and restart it.',
  },
} satisfies Record<string, FindingText>;

const service = {
  'configuration-fine': { what: 'The configuration {file} can be used', seen: 'its schema and its rules' },
  'configuration-unnamed': {
    what: 'No configuration was named: the defaults were looked at',
    seen: 'no --config',
    means: 'Cameras and broker of this site are not looked at.',
    remedy: 'edge-optimizer diagnose --config /etc/edge-optimizer/site.yaml',
  },
  'configuration-forbidden': {
    what: '{user} may not read the configuration {file}',
    seen: 'opening it',
    means: 'Cameras, broker and stored data of this site were not looked at.',
    remedy: 'Diagnose as root: sudo edge-optimizer diagnose (or su -c "edge-optimizer diagnose")',
  },
  'configuration-unusable': {
    what: 'The configuration cannot be used: {problems}',
    seen: '{file}, its schema and its rules',
    means: 'The service does not start with it; a running one goes on with what it read at its start.',
    remedy: 'edge-optimizer config check {file}, and mend what it names',
  },
  'unit-fine': {
    what: '{unit} is installed, starts with the machine and runs',
    seen: 'systemctl show',
  },
  'unit-no-systemd': {
    what: 'systemd does not run here: who starts the program again is not known',
    seen: '/run/systemd/system',
  },
  'unit-no-answer': {
    what: 'systemctl says nothing of {unit}',
    seen: 'systemctl show',
  },
  'unit-not-installed': {
    what: '{unit} is not installed',
    seen: 'LoadState=not-found',
    means: 'After a power cut nobody starts the program.',
    remedy: 'sh scripts/install.sh in the folder of the program (docs/deployment.md)',
  },
  'unit-masked': {
    what: '{unit} is masked',
    seen: 'UnitFileState=masked',
    means: 'It cannot be started: no frame is answered.',
    remedy: 'systemctl unmask {unit} && systemctl enable --now {unit}',
  },
  'unit-disabled': {
    what: '{unit} does not start with the machine',
    seen: 'UnitFileState=disabled',
    means: 'After a power cut nobody starts the program.',
    remedy: 'systemctl enable {unit}',
  },
  'unit-stopped': {
    what: '{unit} was stopped',
    seen: 'ActiveState=inactive',
    means: 'No frame is answered.',
    remedy: 'systemctl start {unit}',
  },
  'unit-restarting': {
    what: '{unit} ends again and again: {restarts} restarts, result {result}, exit code {status}',
    seen: 'SubState=auto-restart',
    means: 'No frame is answered, or only between two ends.',
    remedy: 'Read why it ends: journalctl -u {unit} -n 50',
  },
  'unit-restarted': {
    what: '{unit} runs, after {restarts} restarts',
    seen: 'NRestarts={restarts}',
    means: 'Each costs some seconds of answers, and something caused it.',
    remedy: 'Read why it ended: journalctl -u {unit} -p warning -n 100',
  },
  'unit-failed': {
    what: '{unit} has failed: result {result}, exit code {status}',
    seen: 'ActiveState=failed',
    means: 'No frame is answered.',
    remedy: 'Read why: journalctl -u {unit} -n 50; then systemctl restart {unit}',
  },
  'unit-configuration': {
    what: '{unit} ended because its configuration cannot be used',
    seen: 'ExecMainStatus=2',
    means: 'No frame is answered until it is corrected.',
    remedy:
      'edge-optimizer config check /etc/edge-optimizer/site.yaml names each problem; then systemctl restart {unit}',
  },
  'unit-out-of-memory': {
    what: 'The kernel ended {unit} for want of memory',
    seen: 'Result=oom-kill',
    means: 'No frame is answered.',
    remedy:
      'Use a smaller model.variant, fewer detector.workers or a smaller cache.memoryBytes; then systemctl restart {unit}',
  },
  'unit-hung': {
    what: '{unit} hung and was ended by its watchdog',
    seen: 'Result=watchdog',
    means: 'No frame is answered.',
    remedy: 'Read what came before: journalctl -u {unit} -n 100; then systemctl restart {unit}',
  },
  'groups-fine': {
    what: 'The service runs as {user}, who may open {devices}',
    seen: 'owner, group and mode of the devices',
  },
  'groups-no-user': {
    what: '{unit} runs as {user}, who has no account here',
    seen: '/etc/passwd',
    means: 'systemd cannot start it: no frame is answered.',
    remedy: 'sh scripts/install.sh in the folder of the program makes the account; then systemctl restart {unit}',
  },
  'groups-missing': {
    what: 'The service runs as {user}, who is not in the group {group} and may not open {device}',
    seen: 'owner, group and mode of {device}; /etc/group',
    means: 'This camera gives no picture.',
    remedy: 'usermod --append --groups {group} {user} && systemctl restart {unit}',
  },
  'groups-not-yet': {
    what: '{user} may open {device}, but the service started before that was so',
    seen: '/proc/PID/status; /etc/group',
    means: 'This camera gives no picture.',
    remedy: 'systemctl restart {unit}',
  },
  'groups-device-closed': {
    what: '{device} is for root alone: {user}, as whom the service runs, may not open it',
    seen: 'owner, group and mode of {device}',
    means: 'This camera gives no picture.',
    remedy:
      'Install udev (apt-get install udev), whose rules give cameras to the group video, and start the machine anew',
  },
  'program-not-running': {
    what: 'No program runs with this store, {dir}',
    seen: 'its lock',
    means: 'No frame is answered now.',
    remedy: 'systemctl start edge-optimizer, or edge-optimizer run',
  },
  'program-not-asked': {
    what: 'The program runs (process {pid}, since {since}) without an HTTP server that can be asked',
    seen: 'http.enabled, http.port',
  },
  'program-starts': {
    what: 'The program (process {pid}, since {since}) is starting and does not answer at port {port} yet',
    seen: 'GET /healthz',
  },
  'program-silent': {
    what: 'The program (process {pid}, since {since}) does not answer at port {port}',
    seen: 'GET /healthz',
    means: 'It hangs, or another program has its port.',
    remedy:
      "See who has the port: ss -ltnp 'sport = :{port}'; where it is the program itself: systemctl restart edge-optimizer",
  },
  'program-lives': {
    what: 'The program runs (process {pid}, since {since})',
    seen: 'GET /healthz',
  },
  'program-fine': {
    what: 'The program runs (process {pid}, since {since}) and watches {cameras} cameras',
    seen: 'GET /api/status',
  },
  'program-no-detector': {
    what: 'No detector of the running program serves: {reason}',
    seen: 'GET /api/status',
    means: 'No frame is answered by the model.',
    remedy:
      'edge-optimizer diagnose --only detector,models shows what is wrong with it; the log says why it ended: journalctl -u edge-optimizer -n 50',
  },
  'program-few-detectors': {
    what: '{idle} of {workers} detectors of the running program do not serve: {reason}',
    seen: 'GET /api/status',
    means: 'Fewer frames are inferred.',
    remedy: 'Read why they ended: journalctl -u edge-optimizer -n 50; where memory is short lower detector.workers',
  },
  'program-no-camera': {
    what: 'No camera of the running program streams',
    seen: 'GET /api/status',
    means: 'There is nothing to answer.',
    remedy: 'edge-optimizer diagnose --only cameras shows why',
  },
  'program-part-left-out': {
    what: 'The part {part} of the running program could not start and is tried again',
    seen: 'GET /api/status',
    means: 'What it does is missing.',
    remedy: 'Read why: journalctl -u edge-optimizer | grep {part}',
  },
  'program-override': {
    what: '{key} is {value} by command; the configuration says {configured}',
    seen: 'GET /api/status',
  },
  'port-free': {
    what: 'Port {port} of {host} is free for the HTTP server',
    seen: 'listen()',
  },
  'port-taken': {
    what: 'Another program has port {port} of {host}',
    seen: 'listen(): EADDRINUSE',
    means: 'Metrics, alerts and the answers to this diagnosis cannot be served.',
    remedy: "See which: ss -ltnp 'sport = :{port}'; end it or set another http.port",
  },
  'port-refused': {
    what: 'This user may not listen at port {port} of {host}',
    seen: 'listen(): EACCES',
    means: 'Metrics and alerts cannot be served.',
    remedy: 'Set http.port to one above 1023.',
  },
  'port-no-address': {
    what: 'This machine has no address {host} to serve port {port} at',
    seen: 'listen(): EADDRNOTAVAIL',
    means: 'Metrics and alerts cannot be served.',
    remedy: 'Set http.host: 127.0.0.1, or an address of this machine (ip address).',
  },
  'port-unknown': {
    what: 'Whether port {port} of {host} can be used is not known: {code}',
    seen: 'listen()',
  },
  'alerts-none': {
    what: 'No alert holds in the running program',
    seen: 'GET /api/alerts',
  },
  'alert-told': {
    what: '{alert} since {since}: {message} ({action})',
    seen: 'GET /api/alerts',
  },
  'alert-holds': {
    what: '{alert} since {since}: {message}',
    seen: 'GET /api/alerts',
    means: 'The running program has raised this alert itself (docs/alerts.md).',
    remedy: '{action}',
  },
} satisfies Record<string, FindingText>;

const accuracy = {
  'accuracy-fine': {
    what: 'Answers at camera {camera} agree with the model: F1 {f1}, at least {least} is wanted',
    seen: 'the audit of the running program',
  },
  'accuracy-unknown': {
    what: 'How right answers at camera {camera} are is not known: too few vehicles were compared yet',
    seen: 'the audit of the running program',
  },
  'accuracy-below': {
    what: 'Answers at camera {camera} agree less with the model than is wanted: F1 {f1}, floor {least}',
    seen: 'the audit of the running program',
    means: 'Vehicles are missed or shown where there are none, between two inferences.',
    remedy:
      'Give the device fewer cameras or frames, or a smaller model.variant, so that more frames are inferred; or lower answer.accuracyFloor.',
  },
  'trials-fine': {
    what: 'The tuning tried {trials} changes in the last day and took back {back}',
    seen: 'history.db',
  },
  'trials-rolled-back': {
    what: 'The tuning took back {back} of {trials} changes of the last day, most of them of {strategy}',
    seen: 'history.db',
    means: 'It does not come to rest: each trial costs some latency or accuracy for minutes.',
    remedy:
      'See why: edge-optimizer trials --since 24h --verdict rolled-back; where it goes on set optimization.{strategy}: false',
  },
  'reuse-fine': {
    what: 'Camera {camera}: {percent} % of the frames are answered without inference',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
  },
  'reuse-traffic': {
    what: 'Camera {camera}: {percent} % of the frames are answered without inference; vehicles that come and go ask for the others',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
  },
  'reuse-unprofitable': {
    what: 'Camera {camera}: only {percent} % of the frames are answered without inference; at {share} % of the inferences nobody looked, as vehicles move too far from frame to frame',
    seen: '/metrics: edge_inferences_due_total, edge_reuse_pays',
    means:
      'Every frame is inferred, which costs no more than it would without this program; more frames a second would cost less.',
    remedy:
      'Have the camera send 10 frames a second or more, and leave cameras.*.maxFps at 0 or as high (docs/answering.md); see it: edge-optimizer aim {camera}',
  },
  'reuse-unsteady': {
    what: 'Camera {camera}: only {percent} % of the frames are answered without inference; at {share} % of the inferences the whole picture had changed',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'More is inferred than the road needs: other cameras wait, and the device runs hotter.',
    remedy:
      'Fasten the camera and its pole, and give it a fixed exposure (anti-flicker 50 or 60 Hz, no automatic gain, no stabilisation by software); see it: edge-optimizer aim {camera}',
  },
  'reuse-gaps': {
    what: 'Camera {camera}: only {percent} % of the frames are answered without inference; at {share} % of the inferences the camera had been away',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'More is inferred than the road needs: other cameras wait, and the device runs hotter.',
    remedy:
      'See why its frames come with gaps: edge-optimizer diagnose --only cameras; a camera of less than a picture a second is inferred at each.',
  },
  'reuse-movement': {
    what: 'Camera {camera}: only {percent} % of the frames are answered without inference; at {share} % of the inferences something moved that was no known vehicle',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'More is inferred than the road needs: other cameras wait, and the device runs hotter.',
    remedy:
      'Mask what moves beside the road (trees, flags, water, the clock in the picture) with cameras.*.masks (docs/cameras.md); see it: edge-optimizer aim {camera}',
  },
  'reuse-strict': {
    what: 'Camera {camera}: only {percent} % of the frames are answered without inference: the others would not keep answer.accuracyFloor {floor}',
    seen: '/metrics: edge_strictness, edge_inferences_due_total',
    means: 'More is inferred than the road needs: other cameras wait, and the device runs hotter.',
    remedy:
      'Set answer.accuracyFloor lower (0.95, say), or use a better model, whose boxes do not come and go: edge-optimizer models list',
  },
  'reuse-age': {
    what: 'Camera {camera}: only {percent} % of the frames are answered without inference; {share} % of the inferences come because the last was {moving} ms ago, or {idle} ms of an empty road',
    seen: '/metrics: edge_inferences_due_total, edge_frames_answered_total',
    means: 'More is inferred than the road needs: other cameras wait, and the device runs hotter.',
    remedy: 'Set answer.maxAgeMs and answer.maxIdleAgeMs higher (2000 and 30000 unless said otherwise).',
  },
  'cache-fine': {
    what: 'The cache answers {percent} % of its lookups',
    seen: '/metrics',
  },
  'cache-seldom': {
    what: 'The cache answers {percent} % of its lookups: what is seen seldom repeats',
    seen: '/metrics',
  },
  'cache-small': {
    what: 'The cache answers only {percent} % of its lookups: its {mib} MiB are too few',
    seen: '/metrics',
    means: 'More frames are inferred than need be.',
    remedy: 'Set cache.memoryBytes: {wanted}, where there is memory.',
  },
  'cache-entries-large': {
    what: 'The cache answers only {percent} % of its lookups: entries are too large for its {mib} MiB',
    seen: '/metrics',
    means: 'More frames are inferred than need be.',
    remedy: 'Set cache.memoryBytes: {wanted}, where there is memory.',
  },
} satisfies Record<string, FindingText>;

/** Of the checks themselves. */
const checks = {
  'check-late': {
    what: 'The check {check} took longer than {seconds} s',
    seen: 'its deadline',
    means: 'Nothing is known of it; what it looks at hangs or the machine is very busy.',
    remedy: 'Try it alone: edge-optimizer diagnose --only {ground}',
  },
  'check-failed': {
    what: 'The check {check} failed: {reason}',
    seen: 'its error',
    means: 'Nothing is known of it.',
    remedy:
      'Send report.tar.gz to whoever looks after the program: sudo edge-optimizer diagnose --bundle report.tar.gz',
  },
} satisfies Record<string, FindingText>;

export const english = {
  name: 'English',
  words,
  aim,
  findings: {
    ...system,
    ...storage,
    ...accelerator,
    ...models,
    ...detector,
    ...cameras,
    ...broker,
    ...network,
    ...service,
    ...accuracy,
    ...checks,
  },
};
