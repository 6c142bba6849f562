(tab) => {
  const item = document.getElementById(`${tab}-step-row`).closest(".tabitem");
  const known = JSON.parse(item.querySelector("[data-steps]").dataset.steps);
  const open = item.querySelector(`#${tab}-parts > .tab-wrapper [role=tab][aria-selected=true]`);
  return known[open?.dataset.tabId] ?? Object.values(known)[0];
}
