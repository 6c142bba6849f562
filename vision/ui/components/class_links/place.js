({ row, known, part }) => {  // what is open: a part, or a step without parts; "" for the first part
  const step = row?.querySelector("input:checked")?.value ?? "";
  const place = Object.values(known).includes(step) ? part : step;
  return place === Object.keys(known)[0] ? "" : place ?? "";
}
