const canvas = element.querySelector("canvas"), pen = canvas.getContext("2d");
Object.assign(pen, {lineCap: "round", lineJoin: "round", lineWidth: props.width,
                    strokeStyle: props.colour});
const reach = (event) => {
  const frame = canvas.getBoundingClientRect();
  pen.lineTo((event.clientX - frame.left) / frame.width * canvas.width,
             (event.clientY - frame.top) / frame.height * canvas.height);
  pen.stroke();
};
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pen.beginPath();
  reach(event);
});
canvas.addEventListener("pointermove", (event) => {
  if (canvas.hasPointerCapture(event.pointerId)) reach(event);
});
canvas.addEventListener("lostpointercapture", () => {
  props.value = canvas.toDataURL();
  trigger("input");
});
const show = () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const picture = new Image();
  picture.onload = () => pen.drawImage(picture, 0, 0);
  if (props.value) picture.src = props.value;
};
watch("value", show);
show();
