// The tiles with totals, and the panels with the values that have most clicks.
import { csv } from './api.js';
import { $, el, save } from './dom.js';
import { forTop, question } from './question.js';
import { change, compact, dimensions, share, tiles, valueName, whole } from './words.js';

export const topCount = 8;
const csvCount = 1000;

export function showTiles(row, isCompared) {
  $('tiles').replaceChildren(...tiles.map(({ metric, label, name, of, better, hint }) => {
    const [value, before] = [row[metric], row[`compared_${metric}`]];
    const notes = el('div', { class: 'notes' });
    if (isCompared) {
      const isGood = better === undefined || value === before ? '' : better === value > before ? ' good' : ' bad';
      notes.append(el('em', { class: 'change' + isGood, title: `${whole(before)} in the period before` }, change(value, before)));
    }
    if (of) notes.append(el('span', {}, `${share(value, row[of])} of ${of === 'click_count' ? 'clicks' : 'all'}`));
    else if (hint?.startsWith('An')) notes.append(el('span', {}, 'estimate'));
    return el('div', { class: `tile ${name ? `is-${name}` : ''}`, title: hint ?? null },
      el('h3', {}, label), el('strong', { title: whole(value) }, value < 1_000_000 ? whole(value) : compact(value)), notes);
  }));
}

/** Makes the panels; `choose` is called with the dimension and the value that was pressed. */
export function makePanels(choose, complain) {
  $('panels').append(...Object.entries(dimensions).map(([dimension, [title]]) => el('section', { class: 'card panel', 'data-dimension': dimension, 'aria-label': title },
    el('div', { class: 'card-head' },
      el('h2', {}, title),
      el('button', {
        type: 'button', class: 'quiet small', 'aria-label': `${title} as CSV`,
        onclick: () => csv('topN', { ...forTop(dimension, csvCount), metrics: '' }).then(blob => save(blob, `${dimension}.csv`), complain),
      }, 'CSV')),
    el('ol', { class: 'bars', 'aria-label': title, onclick: event => onPress(event, dimension, choose) }, ...waiting()))));
}

const waiting = () => Array.from({ length: 5 }, () => el('li', { class: 'waiting' }));

function onPress(event, dimension, choose) {
  const button = event.target.closest('button');
  if (button) choose(dimension, button.value);
}

/** Fills a panel. `all`: the clicks that shares are taken of. */
export function showPanel(dimension, rows, all) {
  const list = document.querySelector(`[data-dimension=${dimension}] .bars`);
  const chosen = question.filters[dimension] ?? [];
  const focused = list.contains(document.activeElement) ? document.activeElement.value : null;
  const most = Math.max(...rows.map(row => row.click_count), 1);
  list.classList.toggle('has-chosen', chosen.length > 0);
  list.replaceChildren(...rows.map(row => {
    const [value, count] = [row[dimension], row.click_count];
    const button = el('button', { type: 'button', value, 'aria-pressed': String(chosen.includes(value)), title: value || 'unknown' },
      el('span', { class: value ? 'name' : 'name unknown' }, valueName(dimension, value)),
      el('span', { class: 'share' }, chosen.length ? '' : share(count, all)),
      el('span', { class: 'count' }, whole(count)));
    button.style.setProperty('--share', `${count / most * 100}%`);
    return el('li', {}, button);
  }));
  if (!rows.length) list.append(el('li', { class: 'empty' }, 'No clicks'));
  if (focused !== null) [...list.querySelectorAll('button')].find(button => button.value === focused)?.focus();
}

/** The rows of the chart in words, for who would rather read them. */
export function showTable(rows, outcomes, title) {
  $('table').replaceChildren(
    el('thead', {}, el('tr', {}, ...['Time', ...outcomes.map(outcome => outcome.label), 'All'].map(name => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, ...rows.map(row => el('tr', {}, el('th', { scope: 'row' }, title(row.time)),
      ...[...outcomes.map(outcome => outcome.metric), 'gross_click_count'].map(metric => el('td', {}, whole(row[metric])))))));
}
