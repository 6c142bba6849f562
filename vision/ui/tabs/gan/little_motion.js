(bench, _, ...values) => [
  bench,
  matchMedia("(prefers-reduced-motion: reduce)").matches,
  ...values,
];
