// What is asked for: kept in the address behind #, so that it can be bookmarked and sent on. The key is no part of it.
import { dayMs, granularityFor, hourMs, toLocal } from './time.js';
import { dimensions, outcomes, tiles } from './words.js';

const minuteMs = 60_000;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export const presets = { '1h': hourMs, '24h': dayMs, '7d': 7 * dayMs, '30d': 30 * dayMs, '90d': 90 * dayMs };

/** UTC and the user's own zone first. */
export const zones = [...new Set([own, 'UTC', ...Intl.supportedValuesOf?.('timeZone') ?? []])];

export const question = { preset: '24h', from: '', to: '', granularity: '', zone: own, compare: true, filters: {} };

export function restore() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const [from, to] = [kept.get('from'), kept.get('to')];
  Object.assign(question, {
    preset: from && to ? '' : presets[kept.get('range')] ? kept.get('range') : '24h', from: from ?? '', to: to ?? '',
    granularity: ['minute', 'hour', 'day'].find(name => name === kept.get('by')) ?? '',
    zone: zones.includes(kept.get('zone')) ? kept.get('zone') : own,
    compare: kept.get('compare') !== 'no',
    filters: Object.fromEntries(Object.keys(dimensions).map(name => [name, kept.getAll(name)]).filter(([, values]) => values.length)),
  });
}

export function keep() {
  const kept = new URLSearchParams(question.preset ? { range: question.preset } : { from: question.from, to: question.to });
  if (question.granularity) kept.set('by', question.granularity);
  if (question.zone !== own) kept.set('zone', question.zone);
  if (!question.compare) kept.set('compare', 'no');
  for (const [name, values] of Object.entries(question.filters)) for (const value of values) kept.append(name, value);
  const address = '#' + kept;
  // The way back leads through what was asked before.
  if (address !== location.hash) history[location.hash ? 'pushState' : 'replaceState'](null, '', address);
}

/** The range: as the wall clock of the zone has it, and its length. */
export function range() {
  if (!question.preset) return { from: question.from, to: question.to, lengthMs: Date.parse(question.to + 'Z') - Date.parse(question.from + 'Z') };
  return { from: toLocal(presetStart(), question.zone), to: toLocal(now(), question.zone), lengthMs: presets[question.preset] };
}

const now = () => Math.ceil(Date.now() / minuteMs) * minuteMs;

/** A preset begins with a whole bar (of UTC), so that the first is not cut. */
function presetStart() {
  const lengthMs = presets[question.preset];
  const unit = { day: dayMs, hour: hourMs, minute: minuteMs }[granularityFor(lengthMs)];
  return Math.floor((now() - lengthMs) / unit) * unit;
}

export function setRange(from, to) {
  Object.assign(question, { preset: '', from, to, granularity: '' });
}

export const granularity = () => question.granularity || granularityFor(range().lengthMs);

/** What every report of the page asks. Without a dimension's own filter, its panel shows what else could be chosen. */
export function common(withoutFilterOn = '') {
  const { from, to } = range();
  const filters = Object.entries(question.filters).filter(([name]) => name !== withoutFilterOn);
  return {
    start_time: from, end_time: to, time_zone: question.zone, filters: filters.length ? JSON.stringify(Object.fromEntries(filters)) : '',
  };
}

/** A preset is compared with as long before, to the bar; other ranges with what lies right before them. */
function compare() {
  if (!question.compare || !question.preset) return question.compare ? 'previous_period' : '';
  return presetStart() - presets[question.preset];
}

export const forSeries = () => ({
  ...common(), compare: compare(), granularity: granularity(), fill_gaps: true, metrics: ['gross_click_count', ...outcomes.map(outcome => outcome.metric)],
});

export const forTotals = () => ({ ...common(), compare: compare(), metrics: ['gross_click_count', ...tiles.map(tile => tile.metric)] });

export const forTop = (dimension, top_n) => ({ ...common(dimension), dimension, metric: 'click_count', metrics: 'click_count', top_n });

export const forStream = () => {
  const { filters, time_zone } = common();
  return { filters, time_zone, metrics: ['click_count', ...outcomes.map(outcome => outcome.metric)] };
};

export function toggle(dimension, value) {
  const values = question.filters[dimension] ?? [];
  const next = values.includes(value) ? values.filter(other => other !== value) : [...values, value];
  if (next.length) question.filters[dimension] = next;
  else delete question.filters[dimension];
}
