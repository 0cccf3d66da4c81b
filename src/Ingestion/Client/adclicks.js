// Counts clicks on ads: on whatever has data-ad-id, and for adclicks.click({ ad_id, campaign_id, … }).
// It neither stops nor delays what a click does. Ids not on the element are taken from around it, then from the script's tag.
(() => {
  const script = document.currentScript;
  const base = new URL('.', script ? script.src : location.href).href;
  const ids = ['ad-id', 'campaign-id', 'publisher-id', 'advertiser-id', 'impression-id', 'user-id'];
  const known = ['referrer_url', ...ids.map(id => id.replace('-', '_'))];

  function click(fields) {
    const all = { timestamp_ms: Date.now(), referrer_url: (location.origin + location.pathname).slice(0, 2048), ...fields };
    const url = base + 'click_event', body = JSON.stringify(all);
    // As text, which needs no preflight; true once the browser has taken it over.
    if (navigator.sendBeacon?.(url, body)) return;
    try {
      fetch(url, { method: 'POST', body, keepalive: true, mode: 'no-cors', credentials: 'omit' }).catch(() => pixel(all));
    } catch {
      pixel(all);
    }
  }

  // No image and no redirect: it would load where the ad leads.
  function pixel({ timestamp_ms: cb, click_url, ...fields }) {
    const query = new URLSearchParams({ cb, format: 'none' });
    for (const name in fields) query.set((known.includes(name) ? '' : 'p.') + name, fields[name]);
    new Image().src = base + 'click?' + query;
  }

  function onClick(event) {
    const ad = event.composedPath()[0].closest?.('[data-ad-id]');
    // Not what scripts press, nor the right button.
    if (!ad || !event.isTrusted || event.button > 1) return;
    const fields = ad.href?.length <= 2048 ? { click_url: ad.href } : {};
    for (const id of ids) {
      const value = (ad.closest(`[data-${id}]`) || script)?.getAttribute('data-' + id);
      if (value) fields[id.replace('-', '_')] = value;
    }
    click(fields);
  }

  addEventListener('click', onClick, true);
  addEventListener('auxclick', onClick, true);
  window.adclicks = { click };
})();
