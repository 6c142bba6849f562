const parts = () => [...element.querySelectorAll('[data-device]')];
let chosen = null, start = null, stroke = null;
const setting = (id) => document.querySelector(`#infrared-brush${id} input`);
const brushing = () => setting('')?.checked ?? false;
const place = (event) => {
  const svg = element.querySelector('.infrared-stage svg'), box = svg.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * svg.viewBox.baseVal.width,
          (event.clientY - box.top) / box.height * svg.viewBox.baseVal.height];
};
const device = (target) => {
  const part = target.closest('[data-device], tr');
  if (!part) return null;
  return (part.matches('tr') ? part.querySelector('[data-device]') : part)?.dataset.device ?? null;
};
const light = (name) => {
  element.querySelector('.infrared-stage')?.classList.toggle('infrared-lit', name !== null);
  parts().forEach((part) => {
    const on = part.dataset.device === name;
    (part.closest('tr') ?? part).classList.toggle('infrared-on', on);
  });
};
const draw = (from, to) => {
  const line = element.querySelector('.infrared-line');
  const ends = {x1: from[0], y1: from[1], x2: to[0], y2: to[1]};
  for (const key in ends) line.setAttribute(key, ends[key]);
};
const paint = () => {
  const path = element.querySelector('.infrared-stroke');
  path.setAttribute('d', stroke.length ? `M${stroke.join('L')}` : '');
  path.setAttribute('stroke-width', setting('-width')?.value ?? 12);
};
const choose = (name) => {
  if (name === null) return;
  chosen = name;
  light(name);
  trigger('select', {device: Number(name)});
};
element.addEventListener('pointerover', (event) => {
  if (!start) light(device(event.target) ?? chosen);
});
element.addEventListener('pointerleave', () => light(chosen));
element.addEventListener('focusin', (event) => light(device(event.target) ?? chosen));
element.addEventListener('click', (event) => {
  if (event.target.closest('tr')) choose(device(event.target));
});
element.addEventListener('mousedown', (event) => {
  if (event.target.closest('.infrared-stage svg')) event.preventDefault();  // no text is selected
});
element.addEventListener('pointerdown', (event) => {
  if (!event.target.closest('.infrared-stage svg')) return;
  if (brushing()) stroke = [place(event)];
  else start = place(event);
});
element.addEventListener('pointermove', (event) => {
  if (start) draw(start, place(event));
  if (stroke && stroke.length < 1900) { stroke.push(place(event)); paint(); }
});
const finish = (event) => {
  if (stroke) {
    const points = stroke;
    stroke = null;
    trigger('apply', {stroke: points});
    return;
  }
  if (!start) return;
  const from = start, to = place(event);
  start = null;
  if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 4) {
    draw([-9, -9], [-9, -9]);
    choose(device(event.target));
  } else trigger('input', {line: [...from, ...to]});
};
element.addEventListener('pointerup', finish);
element.addEventListener('pointercancel', () => { start = null; stroke = null; });
watch('value', () => { chosen = null; });
