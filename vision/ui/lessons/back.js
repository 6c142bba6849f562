(part, show) => {
  const item = document.getElementById(`${part}-step-row`).closest(".tabitem");
  show(`${part}-exercise-${item.dataset.asked}`, true);
  delete item.dataset.asked;
}
