// Instants and wall clock times of a named zone, without a library.
const parts = zone => new Intl.DateTimeFormat('en-CA', {
  timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
});

/** The wall clock of an instant, as an input of type datetime-local takes it. */
export function toLocal(instant, zone) {
  const at = Object.fromEntries(parts(zone).formatToParts(instant).map(part => [part.type, part.value]));
  return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}`;
}

/** The wall clock at the start of a bucket, which the server wrote in the zone asked for. */
export function bucketLabel(time, granularity) {
  const at = new Date(time.slice(0, 19) + 'Z');
  const day = at.toLocaleDateString(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return granularity === 'day' ? day : `${time.slice(11, 16)}`;
}

/** The same with the date, for the tooltip. */
export function bucketTitle(time, granularity) {
  const at = new Date(time.slice(0, 19) + 'Z');
  const day = at.toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return granularity === 'day' ? day : `${day}, ${time.slice(11, 16)}`;
}

export const hourMs = 3600_000;
export const dayMs = 24 * hourMs;

/** A granularity that gives a readable number of bars. */
export function autoGranularity(lengthMs) {
  return lengthMs <= 3 * hourMs ? 'minute' : lengthMs <= 5 * dayMs ? 'hour' : 'day';
}
