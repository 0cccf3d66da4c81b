// Range, granularity, zone, comparison, filters: each change is kept in the address and told.
import { $, el } from './dom.js';
import { keep, presets, question, range, setRange, toggle, zones } from './question.js';
import { dimensions, valueName } from './words.js';

export function makeControls(changed) {
  const set = values => { Object.assign(question, values); changed(); };
  $('presets').append(...Object.keys(presets).map(preset =>
    el('button', { type: 'button', value: preset, onclick: () => set({ preset, granularity: '' }) }, preset)));
  $('zone').append(...zones.map(zone => el('option', { value: zone }, zone.replaceAll('_', ' '))));
  for (const id of ['from', 'to']) $(id).addEventListener('change', () => {
    if (!$('from').value || !$('to').value) return;
    setRange($('from').value, $('to').value);
    changed();
  });
  for (const id of ['granularity', 'zone']) $(id).addEventListener('change', () => set({ [id]: $(id).value }));
  $('compare').addEventListener('change', () => set({ compare: $('compare').checked }));
  $('controls').addEventListener('submit', event => event.preventDefault());
  $('chips').addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.dimension) toggle(button.dataset.dimension, button.value);
    else question.filters = {};
    changed();
    ($('chips').querySelector('button') ?? $('from')).focus();
  });
}

/** Writes what is asked for into the controls, and into the address. */
export function showControls() {
  keep();
  const { from, to } = range();
  [$('from').value, $('to').value] = [from, to];
  [$('from').max, $('to').min] = [to, from];
  $('granularity').value = question.granularity;
  $('zone').value = question.zone;
  $('compare').checked = question.compare;
  for (const button of $('presets').children) button.setAttribute('aria-pressed', button.value === question.preset);
  const chips = Object.entries(question.filters).flatMap(([dimension, values]) => values.map(value => {
    const [name, shown] = [dimensions[dimension][1], valueName(dimension, value)];
    return el('li', {}, el('button', { type: 'button', value, 'data-dimension': dimension, 'aria-label': `Remove the filter ${name}: ${shown}` },
      el('span', {}, `${name}: `), shown, el('span', { 'aria-hidden': 'true' }, ' ✕')));
  }));
  if (chips.length > 1) chips.push(el('li', {}, el('button', { type: 'button', class: 'quiet' }, 'Clear all')));
  $('chips').replaceChildren(...chips);
  $('chips').hidden = !chips.length;
}
