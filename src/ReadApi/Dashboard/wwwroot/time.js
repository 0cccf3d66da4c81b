// Instants and wall clock times of a named zone, without a library.
export const hourMs = 3600_000;
export const dayMs = 24 * hourMs;

/** The wall clock of an instant, as an input of type datetime-local takes it. */
export function toLocal(instant, timeZone) {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }).formatToParts(instant);
  const at = Object.fromEntries(parts.map(part => [part.type, part.value]));
  return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}`;
}

/** A granularity that gives a readable number of bars: fewer on a phone. */
export function granularityFor(lengthMs) {
  const isNarrow = matchMedia('(max-width: 640px)').matches;
  return lengthMs <= (isNarrow ? 1 : 3) * hourMs ? 'minute' : lengthMs <= (isNarrow ? 2 : 8) * dayMs ? 'hour' : 'day';
}

// The server writes buckets in the zone asked for: their digits are the wall clock.
const wall = time => new Date(time.slice(0, 19) + 'Z');
const day = { day: 'numeric', month: 'short', timeZone: 'UTC' };
const dayName = time => wall(time).toLocaleDateString(undefined, day);

/**
 * What stands below the bars, at most about `room` labels: of bars shorter than a day over more than two days, the days;
 * else the times, which the chart thins out itself.
 */
export function bucketLabels(times, granularity, room) {
  const midnights = times.filter(time => time.slice(11, 16) === '00:00');
  if (granularity === 'day' || midnights.length < 3) return times.map(time => granularity === 'day' ? dayName(time) : time.slice(11, 16));
  const every = Math.ceil(midnights.length / room);
  const shown = new Set(midnights.filter((_, index) => index % every === 0));
  return times.map(time => shown.has(time) ? dayName(time) : '');
}

/** The start of a bucket in full. */
export function bucketTitle(time, granularity) {
  const date = wall(time).toLocaleDateString(undefined, { ...day, weekday: 'short', year: 'numeric' });
  return granularity === 'day' ? date : `${date}, ${time.slice(11, 16)}`;
}

/** The time of day of an instant, with seconds. */
export const clock = (instant, timeZone) => new Date(instant).toLocaleTimeString('en-GB', { timeZone });

/** The bucket that begins at a time, as a range of wall clock times. */
export function bucketRange(time, granularity) {
  const start = wall(time).getTime();
  const end = start + { minute: 60_000, hour: hourMs, day: dayMs }[granularity];
  return [start, end].map(at => new Date(at).toISOString().slice(0, 16));
}
