import { ApiError, csv, key, report } from './api.js';
import { ClicksChart } from './chart.js';
import { makeControls, showControls } from './controls.js';
import { $, el, save } from './dom.js';
import { follow, showFreshness, stop } from './live.js';
import { makePanels, showPanel, showTable, showTiles, topCount } from './panels.js';
import { forSeries, forTop, forTotals, granularity, question, restore, setRange, toggle } from './question.js';
import { bucketRange, bucketTitle, dayMs, toLocal } from './time.js';
import { dimensions, outcomes } from './words.js';

const restMs = 2000;
const chart = new ClicksChart($('chart'), $('chart-said'), enter);
let running = null;
let isAsked = false;
let last = null;

/** Asks for everything shown. What is asked for meanwhile is asked again after a rest. */
async function refresh() {
  running?.abort();
  const own = running = new AbortController();
  isAsked = false;
  try {
    const ask = (kind, parameters) => report(kind, parameters, own.signal);
    const tops = Object.keys(dimensions).map(dimension => ask('topN', forTop(dimension, topCount)));
    const [series, totals, ...panels] = await Promise.all([ask('timeseries', forSeries()), ask('totals', forTotals()), ...tops]);
    last = series;
    notice('');
    showSeries();
    showTiles(totals.rows[0], question.compare);
    Object.keys(dimensions).forEach((dimension, index) => showPanel(dimension, panels[index].rows, totals.rows[0].click_count));
    $('board').removeAttribute('aria-busy');
    await offerMore(totals.rows[0].gross_click_count > 0, own.signal);
  } catch (error) {
    if (own.signal.aborted) return;
    complain(error);
  }
  setTimeout(() => {
    if (running !== own) return;
    running = null;
    if (isAsked && !document.hidden && key.get()) refresh();
  }, restMs);
}

/** Clicks have been counted: soon, but not at once again. */
function counted() {
  isAsked = true;
  if (!running && !document.hidden) refresh();
}

function changed() {
  showControls();
  follow(counted, refuse);
  refresh();
}

function showSeries() {
  if (!last) return;
  const freshUntil = last.fresh_until ? Date.parse(last.fresh_until) : null;
  chart.draw(last.rows, granularity(), freshUntil, question.compare);
  $('legend-before').hidden = !question.compare;
  if ($('as-table').open) showTable(last.rows, outcomes, time => bucketTitle(time, granularity()));
}

/** Into a bar: its time as the range, in finer bars. */
function enter(time) {
  if (granularity() === 'minute') return;
  setRange(...bucketRange(time, granularity()));
  changed();
}

/** Where there is nothing to see: how to get clicks in, or where there are some. */
async function offerMore(isSome, signal) {
  const isFiltered = Object.keys(question.filters).length > 0;
  const { from, to } = isSome ? {} : await report('extent', {}, signal);
  $('first-click').hidden = isSome || to !== null;
  if (isSome || !to) return;
  if (isFiltered) return notice('No clicks match these filters in this range.', 'Clear the filters', () => { question.filters = {}; changed(); });
  const end = Date.parse(to);
  notice('There are no clicks in this range.', 'Show the latest', () => {
    setRange(toLocal(Math.max(Date.parse(from), end - 7 * dayMs), question.zone), toLocal(end, question.zone));
    changed();
  });
}

function notice(text, action, run, isError = false) {
  $('notice').hidden = !text;
  $('notice').classList.toggle('is-error', isError);
  $('notice').replaceChildren(text, ...action ? [el('button', { type: 'button', onclick: run }, action)] : []);
}

function refuse() { signOut('This key may not read reports.'); }

function complain(error) {
  if (error instanceof ApiError && error.isRefusal) return refuse();
  notice(error instanceof ApiError ? error.message : 'The server cannot be reached.', 'Try again', refresh, true);
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem('adclicks-theme', name);
  $('theme').setAttribute('aria-pressed', name === 'dark');
  showSeries();
}

function signIn() {
  for (const id of ['board', 'sign-out']) $(id).hidden = false;
  $('sign-in').hidden = true;
  changed();
}

function signOut(reason) {
  stop();
  running?.abort();
  key.clear();
  for (const id of ['board', 'sign-out', 'freshness']) $(id).hidden = true;
  $('sign-in').hidden = false;
  $('sign-in-error').hidden = !reason;
  $('sign-in-error').textContent = reason;
  $('key').value = '';
  $('key').focus();
}

function setUp() {
  restore();
  makeControls(changed);
  makePanels((dimension, value) => { toggle(dimension, value); changed(); }, complain);
  for (const button of $('legend').querySelectorAll('button')) {
    button.addEventListener('click', () => button.setAttribute('aria-pressed', chart.toggle(Number(button.value))));
  }
  for (const code of document.querySelectorAll('.origin')) code.textContent = location.origin;
  $('as-table').addEventListener('toggle', showSeries);
  $('csv').addEventListener('click', () => csv('timeseries', forSeries()).then(blob => save(blob, 'clicks.csv'), complain));
  $('theme').addEventListener('click', () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
  $('sign-out').addEventListener('click', () => signOut(''));
  $('sign-in').firstElementChild.addEventListener('submit', event => {
    event.preventDefault();
    key.set($('key').value.trim());
    signIn();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && key.get() && isAsked) refresh(); });
  addEventListener('hashchange', () => { restore(); if (key.get()) changed(); });
  setInterval(() => { if (key.get()) showFreshness(); }, 1000);
  theme(localStorage.getItem('adclicks-theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
}

setUp();
if (key.get()) signIn();
else signOut('');
