element.addEventListener('click', event => {
  const cell = event.target.closest('button[data-cell]');
  if (cell) trigger('click', {cell: cell.dataset.cell});
});
