// Numbers and times for people.

const number = new Intl.NumberFormat('en');

export const count = value => value === null || value === undefined ? '–' : number.format(value);

export function octets(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** How long between two times: 42 s, 3 min, 2 h 10 min, 4 d. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}

export const since = time => time ? `${span(Date.now() - Date.parse(time))} ago` : '–';

export const until = time => !time ? 'not by time' : Date.parse(time) > Date.now() ? `in ${span(Date.parse(time) - Date.now())}` : 'now';

export const clock = time => new Date(time).toLocaleTimeString('en-GB');

/** With milliseconds: a ladder has many steps in one second. */
export const exact = time => { const at = new Date(time); return `${at.toLocaleTimeString('en-GB')}.${String(at.getMilliseconds()).padStart(3, '0')}`; };

/** PeerUnreachable → peer unreachable. */
export const words = name => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

/** Which of the few looks a state has; its word is always there too. */
export function look(state) {
  if (state === 'ESTABLISHED' || state === 'INSTALLED' || state === 'Up') return 'good';
  if (state === 'CONNECTING' || state === 'CREATED' || state === 'INSTALLING' || state === 'REKEYED' || state === 'Joining' || state === 'Leaving') return 'warn';
  return state === 'OVER' || state === 'DELETING' || state === 'DESTROYING' || state === 'Down' ? 'bad' : '';
}
