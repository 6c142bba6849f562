(tab) => {  // a tab's row of steps, the step of each of its parts, and the part that is open
  const row = document.getElementById(`${tab}-step-row`), item = row?.closest(".tabitem");
  const known = JSON.parse(item?.querySelector("[data-steps]").dataset.steps ?? "{}");
  const open = item?.querySelector(`#${tab}-parts > .tab-wrapper [role=tab][aria-selected=true]`);
  return { row, item, known, part: open?.dataset.tabId };
}
