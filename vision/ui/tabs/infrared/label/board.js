const KEY = 'vision-lab-infrared-draft';
let start = null, moved = false, points = [];
const board = () => element.querySelector('.infrared-board svg');
const size = () => board().viewBox.baseVal;
const place = (event) => {
  const box = board().getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * size().width,
          (event.clientY - box.top) / box.height * size().height];
};
const show = (corners, closed) => {
  const draft = board()?.querySelector('.infrared-draft');
  draft?.setAttribute('d', corners.length ? `M${corners.join('L')}${closed ? 'z' : ''}` : '');
};
const keep = () => {
  const file = board()?.dataset.file ?? '';
  if (points.length) sessionStorage.setItem(KEY, JSON.stringify({file, points}));
  else sessionStorage.removeItem(KEY);
};
const near = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) < size().width / 60;
const corners = (a, b) => [a, [b[0], a[1]], b, [a[0], b[1]]];
const close = () => {
  const polygon = points;
  points = [];
  show([]);
  keep();
  if (polygon.length) trigger('input', {polygon});
};
element.addEventListener('pointerdown', (event) => {
  if (!event.target.closest('.infrared-board svg')) return;
  board().setPointerCapture(event.pointerId);
  [start, moved] = [place(event), false];
});
element.addEventListener('pointermove', (event) => {
  if (!start) { if (points.length && board()) show([...points, place(event)]); return; }
  moved = moved || !near(start, place(event));
  if (moved && !points.length) show(corners(start, place(event)), true);
});
element.addEventListener('pointerup', (event) => {
  if (!start) return;
  const from = start, to = place(event);
  start = null;
  if (moved && !points.length) {
    show([]);
    trigger('select', {box: [...from, ...to]});
  } else if (points.length > 2 && near(points[0], to)) close();
  else {
    points.push(to);
    show(points);
    keep();
  }
});
element.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') close();
  if (event.key === 'Escape' || event.key === 'Backspace') {
    points.pop();
    show(points);
    keep();
  }
});
const restore = () => {
  points = [];
  const draft = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  if (draft && board() && draft.file === board().dataset.file) points = draft.points;
  if (board()) show(points);
};
watch('value', () => setTimeout(restore));
setTimeout(restore);
