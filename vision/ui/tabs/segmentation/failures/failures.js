element.addEventListener('click', event => {
  const chosen = event.target.closest('button[data-picture]');
  if (!chosen) return;
  for (const other of element.querySelectorAll('button[data-picture]'))
    other.setAttribute('aria-pressed', String(other === chosen));
  trigger('click', {picture: Number(chosen.dataset.picture)});
});
