// The settings: the page's controls and the program's config are two forms of the same thing.

import * as link from './link.js';

const $ = id => document.getElementById(id);
const formulas = ['x^2', 'y^2', 'x*y', 'sin(x)', 'sin(y)'];
let hello = null, config = null, taken = null, inputs = [], timer = 0, asked = 0, built = '';

export const current = () => config;
export const accepted = () => taken;
export const isGenerated = () => hello.data.includes(config.data);

function options(select, names, shown = name => name) {
  select.replaceChildren(...names.map(name => new Option(shown(name), name)));
}

export function begin(head) {
  hello = head;
  config = head.defaults;
  options($('data'), head.data);
  options($('activation'), head.activation);
  options($('init'), head.init);
  options($('lossName'), head.loss);
  options($('optimizer'), head.optimizer);
  options($('pen'), ['0', '1', '2', '3', '4', '5', '6', '7']);
  $('pen').value = '1';
  const boxes = formulas.map(formula => {
    const label = document.createElement('label'), input = document.createElement('input');
    [input.type, input.value] = ['checkbox', formula];
    input.onchange = () => change({ derive: [...$('derived').querySelectorAll('input:checked')].map(box => box.value).join(',') || null });
    label.append(input, formula);
    return label;
  });
  $('derived').append(...boxes);
}

// sends what the controls say; while a number is being typed or a slider moved, only the last is sent
export function change(more, wait = 0) {
  const next = { ...config, ...more };
  clearTimeout(timer);
  timer = setTimeout(() => link.send('config', { fit: true, id: ++asked, config: next }), wait);
  if (wait === 0) config = next;
}

// what was refused is not kept
export function revert() {
  if (!taken) return;
  config = taken.config;
  show(taken, document.activeElement);
}

// shows a config that the program has taken, unless another one is on its way
export function show(head, typing = null) {
  taken = head;
  const value = (id, shown, disabled) => { if ($(id) !== typing) fill(id, shown, disabled); };
  if (head.id && head.id < asked) return;
  config = head.config;
  inputs = head.inputs;
  const file = !isGenerated();
  if (file && ![...$('data').options].some(option => option.value === config.data)) $('data').append(new Option(config.data.slice(4), config.data));
  for (const option of [...$('data').options]) if (!hello.data.includes(option.value) && option.value !== config.data) option.remove();
  $('data').value = config.data;
  for (const [id, hidden] of [['samples', file], ['noise', config.noise === null], ['momentum', config.momentum === null]]) {
    $(id).parentElement.hidden = hidden;
    value(id, config[id], hidden);
  }
  value('validation', config.validation === null ? 0 : Number(config.validation));
  $('standardize').checked = config.standardize;
  $('derived').hidden = file;
  const derived = (config.derive ?? '').split(',');
  for (const box of $('derived').querySelectorAll('input')) box.checked = derived.includes(box.value);
  const choice = inputs.length - derived.filter(Boolean).length > 2;
  for (const [id, k] of [['xAxis', 0], ['yAxis', 1]]) {
    $(`${id}Field`).hidden = !choice;
    options($(id), inputs);
    $(id).value = (config.axes ?? `${inputs[0]},${inputs[1]}`).split(',')[k] ?? inputs[k];
  }
  showLayers();
  $('activation').value = config.activation;
  $('init').value = config.init;
  $('lossName').value = config.loss;
  value('seed', config.seed);
  $('optimizer').value = config.optimizer;
  value('lr', config.lr);
  value('batch', config.batch);
  value('weightDecay', config.weightDecay);
  value('l1', config.l1);
  if (![...$('device').options].some(option => option.value === config.device)) $('device').append(new Option(config.device, config.device));
  $('device').value = config.device;
  $('facts').textContent = `${config.net}, ${head.parameters.toLocaleString('en')} parameters on ${head.device}, engine ${head.engine}`
    + (head.changedAt === null ? '' : `\nSettings were changed at step ${head.changedAt.toLocaleString('en')}: run.json repeats the settings, not these weights.`);
}

function fill(id, shown, disabled = false) {
  const field = $(id);
  field.disabled = disabled;
  if (document.activeElement !== field || Number(field.value) !== shown) field.value = shown ?? '';
}

const hidden = () => config.net.split('-').slice(1, -1).map(Number);
const setHidden = widths => {
  const ends = config.net.split('-');
  change({ net: [ends[0], ...widths, ends.at(-1)].join('-') });
  showLayers();
};

function showLayers() {
  const widths = hidden(), box = $('layers');
  if (built === widths.join('-') && box.firstChild) return;      // a button must not go away while it is pressed
  built = widths.join('-');
  const button = (text, name, act, off = false) => {
    const made = document.createElement('button');
    [made.type, made.textContent, made.onclick, made.disabled] = ['button', text, act, off];
    made.setAttribute('aria-label', name);
    return made;
  };
  const rows = widths.map((width, k) => {
    const row = document.createElement('div'), name = document.createElement('span'), field = document.createElement('input');
    row.className = 'layer';
    name.textContent = `layer ${k + 1}`;
    Object.assign(field, { type: 'number', min: 1, max: 1024, value: width });
    field.setAttribute('aria-label', `Units of layer ${k + 1}`);
    const set = to => setHidden(widths.map((other, at) => at === k ? Math.max(1, to) : other));
    field.onchange = () => set(Math.round(Number(field.value)) || 1);
    row.append(name, button('−', `Fewer units in layer ${k + 1}`, () => set(width - 1), width <= 1), field,
      button('+', `More units in layer ${k + 1}`, () => set(width + 1)),
      button('×', `Remove layer ${k + 1}`, () => setHidden(widths.filter((_, at) => at !== k))));
    return row;
  });
  const add = button('Add a layer', 'Add a layer', () => setHidden([...widths, 8]), widths.length >= 8);
  const focused = box.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  box.replaceChildren(...rows, add);
  if (focused) [...box.querySelectorAll('[aria-label]')].find(element => element.getAttribute('aria-label') === focused)?.focus();
}

const number = id => Number($(id).value);

export function wire() {
  $('data').onchange = () => {
    const name = $('data').value;
    if (!hello.data.includes(name)) return;
    const blobs = name === 'blobs';
    change({ data: name, samples: config.samples ?? 2000, noise: blobs ? null : config.noise ?? 0.1, label: null, features: null, axes: null, header: null, window: null,
      loss: blobs || config.data === 'blobs' || !isGenerated() ? hello.defaults.loss : config.loss });
  };
  const numbers = { samples: 'samples', noise: 'noise', seed: 'seed', batch: 'batch' };
  for (const [id, name] of Object.entries(numbers)) $(id).onchange = () => change({ [name]: number(id) });
  for (const id of ['lr', 'momentum', 'weightDecay', 'l1'])
    for (const [event, wait] of [['onchange', 0], ['oninput', 40]])
      $(id)[event] = () => { if ($(id).value !== '' && (wait === 0 || $(id).checkValidity())) change({ [id]: number(id) }, wait); };
  $('validation').onchange = () => change({ validation: number('validation') > 0 ? $('validation').value : null });
  $('standardize').onchange = () => change({ standardize: $('standardize').checked });
  for (const id of ['xAxis', 'yAxis']) $(id).onchange = () => change({ axes: `${$('xAxis').value},${$('yAxis').value}` });
  $('activation').onchange = () => change({ activation: $('activation').value });
  $('init').onchange = () => change({ init: $('init').value });
  $('lossName').onchange = () => change({ loss: $('lossName').value });
  $('dice').onclick = () => change({ seed: (config.seed + 1) % 4294967296 });
  $('optimizer').onchange = () => {
    const name = $('optimizer').value;
    change({ optimizer: name, lr: hello.rates[name], momentum: null, weightDecay: null });
  };
  $('device').onchange = () => change({ device: $('device').value });
  link.on('devices', head => {
    const chosen = $('device').value;
    $('device').replaceChildren(new Option('auto', 'auto'),
      ...head.text.split('\n').map(line => line.split('\t')).map(([id, name]) => new Option(`${id}: ${name}`, id)));
    $('device').value = chosen;
  });
}

// what differs from the defaults and what is seen, for the address; a file cannot be in it
export function fragment(window) {
  const differs = Object.entries({ ...config, window }).filter(([name, setting]) => JSON.stringify(setting) !== JSON.stringify(hello.defaults[name]));
  return differs.length && isGenerated() ? '#' + encodeURIComponent(JSON.stringify(Object.fromEntries(differs))) : '';
}

// returns what is to be seen when the program has taken the rest
export function openFragment(text) {
  if (text.length < 2) return null;
  let differs;
  try { differs = JSON.parse(decodeURIComponent(text.slice(1))); } catch { throw new Error('the address has settings behind # that cannot be read'); }
  const { window, ...others } = differs;
  config = { ...hello.defaults, ...others };
  link.send('config', { fit: false, id: ++asked, config });
  return window && { id: asked, window };
}
