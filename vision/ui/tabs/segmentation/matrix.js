element.addEventListener('click', event => {
  const cell = event.target.closest('button[data-cell]');
  if (!cell) return;
  for (const other of element.querySelectorAll('button[data-cell]'))
    other.setAttribute('aria-pressed', String(other === cell));
  trigger('click', {cell: cell.dataset.cell});
});
