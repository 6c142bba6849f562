const send = (event) => {
  const chart = event.target.closest('svg[data-most]');
  if (!chart) return;
  const box = chart.getBoundingClientRect();
  const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  trigger('select', {value: share * Number(chart.dataset.most)});
};
element.addEventListener('pointerdown', send);
element.addEventListener('pointermove', (event) => { if (event.buttons & 1) send(event); });
