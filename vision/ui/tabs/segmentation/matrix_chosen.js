(row, column) => {  // the cell that is chosen by its names is marked as if it had been pressed
  for (const cell of document.querySelectorAll("#segmentation-matrix button[data-cell]"))
    cell.setAttribute("aria-pressed", String(cell.dataset.cell === `${row},${column}`));
}
