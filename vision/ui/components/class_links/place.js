(tab) => {  // what of a tab is open: a part, or a step without parts; "" for its first part
  const row = document.getElementById(`${tab}-step-row`);
  const known = JSON.parse(row?.closest(".tabitem").querySelector("[data-steps]").dataset.steps ?? "{}");
  const step = row?.querySelector("input:checked")?.value ?? "";
  const part = document.querySelector(`#${tab}-parts > .tab-wrapper [role=tab][aria-selected=true]`);
  const place = Object.values(known).includes(step) ? part?.dataset.tabId : step;
  return place === Object.keys(known)[0] ? "" : place ?? "";
}
