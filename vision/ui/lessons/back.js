(part, show) => {
  const item = document.getElementById(`${part}-step-row`).closest(".tabitem");
  show(`${part}-exercise-${item.dataset.asked}`, "center");
  delete item.dataset.asked;
}
