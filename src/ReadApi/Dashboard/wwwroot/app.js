import { ApiError, csv, key, report } from './api.js';
import { compact, drawBars, whole } from './chart.js';
import { autoGranularity, bucketLabel, bucketTitle, dayMs, hourMs, toLocal } from './time.js';

const $ = id => document.getElementById(id);
const refreshMs = 5000;

const outcomes = [
  { name: 'billable', label: 'Billable', metric: 'billable_click_count' },
  { name: 'fraudulent', label: 'Fraudulent', metric: 'fraudulent_click_count' },
  { name: 'duplicate', label: 'Duplicate', metric: 'duplicate_click_count' },
];
const tiles = [
  ['click_count', 'Clicks'], ['billable_click_count', 'Billable'], ['fraudulent_click_count', 'Fraudulent'],
  ['duplicate_click_count', 'Duplicates'], ['unique_users', 'Unique users'], ['unique_ips', 'Unique addresses'],
];
const panels = [
  ['ad_id', 'Ads'], ['campaign_id', 'Campaigns'], ['publisher_id', 'Publishers'], ['advertiser_id', 'Advertisers'], ['country', 'Countries'],
  ['city', 'Cities'], ['device_type', 'Devices'], ['os', 'Operating systems'], ['browser', 'Browsers'],
];
const presets = { '1h': hourMs, '24h': dayMs, '7d': 7 * dayMs, '30d': 30 * dayMs };

const own = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
const state = { preset: '24h', from: null, to: null, granularity: '', zone: own, compare: false, filters: {} };
let running = null;
let timer = 0;
let lastSeries = null;

function range() {
  if (!state.preset) return { start_time: state.from, end_time: state.to, lengthMs: new Date(state.to) - new Date(state.from) };
  const lengthMs = presets[state.preset];
  const end = Math.ceil(Date.now() / 60_000) * 60_000;
  return { start_time: String(end - lengthMs), end_time: String(end), lengthMs };
}

function question() {
  const { start_time, end_time } = range();
  return {
    start_time, end_time, time_zone: state.zone,
    filters: Object.keys(state.filters).length ? JSON.stringify(state.filters) : '',
    compare: state.compare ? 'previous_period' : '',
  };
}

const granularity = () => state.granularity || autoGranularity(range().lengthMs);
const seriesQuestion = () => ({
  ...question(), granularity: granularity(), fill_gaps: 'true', metrics: ['gross_click_count', ...outcomes.map(o => o.metric)].join(','),
});

async function refresh() {
  clearTimeout(timer);
  running?.abort();
  const { signal } = running = new AbortController();
  try {
    const series = report('timeseries', seriesQuestion(), signal);
    const totals = report('totals', { ...question(), metrics: tiles.map(([metric]) => metric).join(',') }, signal);
    const tops = panels.map(([dimension]) =>
      report('topN', { ...question(), compare: '', dimension, metric: 'click_count', metrics: 'click_count', top_n: 8 }, signal));
    const [first, second, ...rest] = await Promise.all([series, totals, ...tops]);
    notice('');
    showSeries(first);
    showTiles(second.rows[0]);
    rest.forEach((top, index) => showPanel(index, top.rows));
    showFreshness(first);
    if (!second.rows[0].click_count) await offerLatest();
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (error instanceof ApiError && [401, 403].includes(error.status)) return signOut('This key may not read reports.');
    notice(error.message);
  }
  if (state.preset && !document.hidden && key.get()) timer = setTimeout(refresh, refreshMs);
}

function showSeries(answer) {
  lastSeries = answer;
  const by = granularity();
  const fresh = answer.fresh_until ? new Date(answer.fresh_until) : null;
  const bars = answer.rows.map((row, index) => {
    const end = index + 1 < answer.rows.length ? new Date(answer.rows[index + 1].time) : null;
    return {
      title: bucketTitle(row.time, by), label: bucketLabel(row.time, by), values: outcomes.map(outcome => row[outcome.metric]),
      compared: state.compare ? row.compared_gross_click_count : null, partial: fresh !== null && (end ?? new Date()) > fresh,
    };
  });
  const all = bars.reduce((sum, bar) => sum + bar.values.reduce((a, b) => a + b, 0), 0);
  drawBars($('chart'), bars, outcomes, `${whole.format(all)} clicks in ${bars.length} bars by ${by}. Arrow keys move from bar to bar.`);
  $('legend').replaceChildren(...[...outcomes, ...state.compare ? [{ name: 'compared', label: 'Period before' }] : []].map(({ name, label }) => {
    const item = document.createElement('li');
    item.className = `is-${name}`;
    item.textContent = label;
    return item;
  }));
}

function showTiles(row) {
  $('tiles').replaceChildren(...tiles.map(([metric, label]) => {
    const tile = document.createElement('div');
    tile.className = 'tile';
    const name = document.createElement('span');
    name.textContent = label;
    const value = document.createElement('strong');
    value.textContent = row[metric] < 100_000 ? whole.format(row[metric]) : compact.format(row[metric]);
    value.title = whole.format(row[metric]);
    tile.append(name, value);
    const before = row[`compared_${metric}`];
    if (before !== undefined) {
      const change = document.createElement('em');
      change.textContent = before ? `${row[metric] >= before ? '▲' : '▼'} ${Math.abs(Math.round((row[metric] / before - 1) * 100))}%` : 'new';
      change.title = `${whole.format(before)} in the period before`;
      tile.append(change);
    }
    return tile;
  }));
}

function showPanel(index, rows) {
  const [dimension] = panels[index];
  const list = $('panels').children[index].querySelector('ul');
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.value : null;
  const most = Math.max(...rows.map(row => row.click_count), 1);
  list.replaceChildren(...rows.map(row => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.value = row[dimension];
    button.style.setProperty('--share', `${row.click_count / most * 100}%`);
    const name = document.createElement('span');
    name.className = row[dimension] ? 'name' : 'name unknown';
    name.textContent = row[dimension] || 'unknown';
    name.title = row[dimension];
    const count = document.createElement('span');
    count.className = 'count';
    count.textContent = whole.format(row.click_count);
    button.append(name, count);
    button.addEventListener('click', () => filter(dimension, row[dimension]));
    item.append(button);
    return item;
  }));
  if (!rows.length) list.innerHTML = '<li class="empty">no clicks</li>';
  if (focused !== null) [...list.querySelectorAll('button')].find(button => button.dataset.value === focused)?.focus();
}

function showFreshness(answer) {
  const pill = $('freshness');
  pill.hidden = false;
  const age = answer.fresh_until ? Math.max(0, Math.round((Date.now() - new Date(answer.fresh_until)) / 1000)) : null;
  pill.textContent = age === null ? 'no clicks yet' : age < 120 ? `fresh to ${age} s ago` : `fresh to ${new Date(answer.fresh_until).toLocaleString()}`;
  pill.classList.toggle('stale', age === null || age > 15);
  pill.title = `Generation ${answer.generation}`;
}

async function offerLatest() {
  const { from, to } = await report('extent');
  if (!to) return notice('No clicks yet. Send some to /track/click, and they appear here.');
  const last = new Date(to).getTime();
  notice('There are no clicks in this range.', 'Show the latest', () => {
    Object.assign(state, {
      preset: '', from: new Date(Math.max(new Date(from).getTime(), last - 7 * dayMs)).toISOString(), to: new Date(last).toISOString(),
    });
    changed();
  });
}

function notice(text, action, run) {
  $('notice').hidden = !text;
  $('notice').textContent = text;
  if (!action) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = action;
  button.addEventListener('click', run);
  $('notice').append(button);
}

function filter(dimension, value) {
  const values = state.filters[dimension] ?? [];
  const next = values.includes(value) ? values.filter(other => other !== value) : [...values, value];
  if (next.length) state.filters[dimension] = next;
  else delete state.filters[dimension];
  changed();
}

function changed() {
  const { start_time, end_time } = range();
  const at = text => toLocal(new Date(/^\d+$/.test(text) ? Number(text) : text), state.zone);
  $('from').value = at(start_time);
  $('to').value = at(end_time);
  for (const button of $('presets').children) button.setAttribute('aria-pressed', button.textContent === state.preset);
  const chips = Object.entries(state.filters).flatMap(([dimension, values]) => values.map(value => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `${dimension}: ${value || 'unknown'} ✕`;
    button.setAttribute('aria-label', `Remove the filter ${dimension} ${value || 'unknown'}`);
    button.addEventListener('click', () => filter(dimension, value));
    item.append(button);
    return item;
  }));
  $('chips').replaceChildren(...chips);
  $('chips').hidden = !chips.length;
  refresh();
}

function setUp() {
  $('presets').append(...Object.keys(presets).map(name => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    button.addEventListener('click', () => { state.preset = name; changed(); });
    return button;
  }));
  for (const zone of new Set([own, 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'])) $('zone').append(new Option(zone));
  $('panels').append(...panels.map(([dimension, label]) => {
    const panel = document.createElement('section');
    panel.className = 'card';
    panel.innerHTML = '<h2></h2><ul class="bars"></ul>';
    panel.firstChild.textContent = label;
    panel.dataset.dimension = dimension;
    return panel;
  }));
  for (const id of ['from', 'to']) {
    $(id).addEventListener('change', () => {
      if (!$('from').value || !$('to').value) return;
      Object.assign(state, { preset: '', from: $('from').value, to: $('to').value });
      refresh();
      for (const button of $('presets').children) button.setAttribute('aria-pressed', 'false');
    });
  }
  $('granularity').addEventListener('change', () => { state.granularity = $('granularity').value; changed(); });
  $('zone').addEventListener('change', () => { state.zone = $('zone').value; changed(); });
  $('compare').addEventListener('change', () => { state.compare = $('compare').checked; changed(); });
  $('controls').addEventListener('submit', event => event.preventDefault());
  $('csv').addEventListener('click', async () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await csv('timeseries', seriesQuestion()));
    link.download = 'clicks.csv';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  $('theme').addEventListener('click', () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
  $('sign-out').addEventListener('click', () => signOut(''));
  $('sign-in').firstElementChild.addEventListener('submit', event => {
    event.preventDefault();
    key.set($('key').value.trim());
    signIn();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && key.get()) refresh(); });
  addEventListener('resize', () => { if (lastSeries) showSeries(lastSeries); });
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem('adclicks-theme', name);
}

function signIn() {
  for (const id of ['board', 'sign-out']) $(id).hidden = false;
  for (const id of ['sign-in', 'sign-in-error']) $(id).hidden = true;
  changed();
}

function signOut(reason) {
  clearTimeout(timer);
  running?.abort();
  key.clear();
  for (const id of ['board', 'sign-out', 'freshness']) $(id).hidden = true;
  $('sign-in').hidden = false;
  $('sign-in-error').hidden = !reason;
  $('sign-in-error').textContent = reason;
  $('key').value = '';
  $('key').focus();
}

theme(localStorage.getItem('adclicks-theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
setUp();
if (key.get()) signIn();
else signOut('');
