(part, name) => {  // which question has brought the visitor to where the exercise is
  document.getElementById(`${part}-step-row`).closest(".tabitem").dataset.asked = name;
}
