element.addEventListener('click', event => {
  const node = event.target.closest('button[data-arch]');
  if (!node) return;
  for (const other of element.querySelectorAll('button[data-arch]'))
    other.setAttribute('aria-pressed', String(other === node));
  trigger('click', {arch: node.dataset.arch});
  document.getElementById('segmentation-family-facts').scrollIntoView({block: 'nearest'});
});
