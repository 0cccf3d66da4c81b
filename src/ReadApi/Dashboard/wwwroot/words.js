// What is counted and by what, in words; numbers and names as people write them.
export const outcomes = [
  { name: 'billable', label: 'Billable', metric: 'billable_click_count' },
  { name: 'fraudulent', label: 'Fraudulent', metric: 'fraudulent_click_count' },
  { name: 'duplicate', label: 'Duplicate', metric: 'duplicate_click_count' },
];

/** `of`: what a share is taken of. `better`: whether more is good news. */
export const tiles = [
  { metric: 'click_count', label: 'Clicks', hint: 'Without duplicates, fraudulent ones included' },
  { metric: 'billable_click_count', label: 'Billable', name: 'billable', of: 'click_count', better: true },
  { metric: 'fraudulent_click_count', label: 'Fraudulent', name: 'fraudulent', of: 'click_count', better: false },
  { metric: 'duplicate_click_count', label: 'Duplicates', name: 'duplicate', of: 'gross_click_count', better: false },
  { metric: 'unique_users', label: 'Unique visitors', hint: 'An estimate' },
  { metric: 'unique_ips', label: 'Unique addresses', hint: 'An estimate' },
];

export const dimensions = {
  ad_id: ['Ads', 'Ad'], campaign_id: ['Campaigns', 'Campaign'], publisher_id: ['Publishers', 'Publisher'],
  country: ['Countries', 'Country'], device_type: ['Devices', 'Device'], advertiser_id: ['Advertisers', 'Advertiser'],
  city: ['Cities', 'City'], os: ['Operating systems', 'System'], browser: ['Browsers', 'Browser'],
};

const exact = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const countries = new Intl.DisplayNames(undefined, { type: 'region' });

export const whole = value => exact.format(value);
export const compact = value => short.format(value);
export const share = (part, all) => all ? percent.format(part / all) : '–';

/** The change from an earlier count: `▲ 12%`. */
export function change(now, before) {
  if (!before) return now ? 'new' : '–';
  const ratio = now / before - 1;
  if (Math.abs(ratio) < 0.0005) return '± 0%';
  return `${ratio < 0 ? '▼' : '▲'} ${Math.abs(ratio) < 10 ? percent.format(Math.abs(ratio)) : '×' + compact(now / before)}`;
}

/** A value of a dimension as it is shown. */
export function valueName(dimension, value) {
  if (!value) return 'unknown';
  if (dimension === 'device_type') return value === 'tv' ? 'TV' : value[0].toUpperCase() + value.slice(1);
  if (dimension === 'country' && /^[A-Z]{2}$/.test(value)) return countries.of(value);
  return value;
}
